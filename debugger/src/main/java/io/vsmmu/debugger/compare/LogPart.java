package io.vsmmu.debugger.compare;

/**
 * A part of the log of one vSMMU.
 *
 * @param vsmmu number of the vSMMU
 * @param name its name
 * @param first sequence of its first event
 * @param last sequence of its last event, inclusive; less than {@code first} for a part without
 *     events
 * @param originMicros zero point of the times that the hash chain covers, in microseconds since
 *     1970-01-01T00:00Z
 * @param recording whether the log was imported from a QEMU trace
 */
public record LogPart(
    int vsmmu, String name, long first, long last, long originMicros, boolean recording) {

  /** The number of events. */
  public long events() {
    return Math.max(0, last - first + 1);
  }
}
