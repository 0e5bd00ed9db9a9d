package io.vsmmu.db.log;

import org.jspecify.annotations.Nullable;

/**
 * An event to be appended. The writer assigns its position.
 *
 * @param sequence number within its vSMMU, from 0 without holes
 * @param timeMicros microseconds since 1970-01-01T00:00Z
 * @param type number of the payload type, 1 to 32767, stable for ever
 * @param cause sequence of the event of the same vSMMU that caused this one, null if none
 * @param subject name of the API client whose request led to it, null if it follows from the guest
 *     or the service; at most {@link EventLogLimits#subjectChars()}, without NUL
 * @param payload encoded content, at most {@link EventLogLimits#payloadBytes()}; not copied, so the
 *     caller must not change it afterwards
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
