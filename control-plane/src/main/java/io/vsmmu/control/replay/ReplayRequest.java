package io.vsmmu.control.replay;

/**
 * A request for a replay.
 *
 * @param vsmmuId number of the vSMMU
 * @param until last position, inclusive; {@link Long#MAX_VALUE} for the whole log
 * @param verify whether the result is compared with the log
 * @param target the host, for mode EVENTS
 */
public record ReplayRequest(
    int vsmmuId, Mode mode, long until, boolean verify, ReplayTarget target) {

  public enum Mode {
    /** The recorded stimuli are decided again. */
    COMMANDS,
    /** The recorded events are applied to a fresh host. */
    EVENTS
  }
}
