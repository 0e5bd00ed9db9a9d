package io.vsmmu.projections.lint;

/** What is looked for in a log. */
public enum Rule {
  /** A stream passes untranslated although the SMMU is enabled. */
  BYPASS_WHILE_ENABLED(Severity.WARNING),
  /** The command queue stopped at a command. */
  COMMAND_REFUSED(Severity.ERROR),
  /** The guest rang the doorbell while an error of the queue waited for its acknowledgement. */
  COMMANDS_AFTER_ERROR(Severity.WARNING),
  /** The guest moved CMDQ_PROD further than its queue has entries: nothing is consumed. */
  INCONSISTENT_PROD(Severity.ERROR),
  /** A queue or MSI of the guest lies where memory could not be written. */
  WRITE_ABORTED(Severity.ERROR),
  /** CFGI_STE for a StreamID that no device has. */
  CFGI_WITHOUT_DEVICE(Severity.INFO),
  /** The host refused an operation. */
  HOST_FAILURE(Severity.ERROR),
  /** The host lost fault records: the log is blind there. */
  LOST_FAULTS(Severity.WARNING),
  /** The guest had a queue that the hardware read itself: its commands are not in the log. */
  BLIND_INTERVAL(Severity.WARNING),
  /** A nested HWPT that no stream uses and that was never freed. */
  HWPT_LEAK(Severity.WARNING),
  /** A recorded host took invalidations one at a time. */
  UNBATCHED_INVALIDATIONS(Severity.INFO),
  /** A recorded register read that our register file answers otherwise. */
  DIFFERENT_REGISTER_READ(Severity.INFO),
  /** The recorded SMMU did with a command what ours would not have done. */
  DIFFERENT_VERDICT(Severity.WARNING),
  /** A recording without its end. */
  PARTIAL_RECORDING(Severity.WARNING);

  private final Severity severity;

  Rule(Severity severity) {
    this.severity = severity;
  }

  /** How much its findings matter. */
  public Severity severity() {
    return severity;
  }
}
