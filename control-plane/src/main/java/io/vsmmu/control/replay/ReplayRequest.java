package io.vsmmu.control.replay;

/**
 * What to replay.
 *
 * @param vsmmuId number of the vSMMU
 * @param until last position, inclusive; {@link Long#MAX_VALUE} for the whole log
 * @param verify whether what comes out is compared with the log
 * @param target the host, for mode EVENTS
 */
public record ReplayRequest(
    int vsmmuId, Mode mode, long until, boolean verify, ReplayTarget target) {

  /** What is done again. */
  public enum Mode {
    /** Stimuli are decided. */
    COMMANDS,
    /** Events are applied to a fresh host. */
    EVENTS
  }
}
