package io.vsmmu.db.log;

import org.jspecify.annotations.Nullable;

/**
 * An event before it has a position.
 *
 * @param sequence number within its vSMMU, from 0 without holes
 * @param timeMicros microseconds since 1970-01-01T00:00Z
 * @param type number of the payload type, 1 to 32767, stable for ever
 * @param cause sequence of the event of the same vSMMU that caused this one, null if none
 * @param subject who asked for it, null if the guest did
 * @param payload encoded content; not copied, must not be changed afterwards
 */
public record NewEvent(
    long sequence,
    long timeMicros,
    int type,
    @Nullable Long cause,
    @Nullable String subject,
    byte[] payload) {

  public NewEvent {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence " + sequence + " is negative");
    }
    if (type < 1 || type > Short.MAX_VALUE) {
      throw new IllegalArgumentException("type " + type + " is not within 1..32767");
    }
    if (cause != null && cause < 0) {
      throw new IllegalArgumentException("cause " + cause + " is negative");
    }
  }
}
