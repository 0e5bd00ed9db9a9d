package io.vsmmu.projections.lint;

/**
 * A kind of problem that is looked for in logs; docs/cli.md lists them with their sources. The
 * names are part of the REST interface.
 */
public enum Rule {
  /** A stream's transactions are not translated although the SMMU is enabled. */
  BYPASS_WHILE_ENABLED(Severity.WARNING),
  /** The command queue stopped at a command. */
  COMMAND_REFUSED(Severity.ERROR),
  /** The guest wrote CMDQ_PROD while GERROR.CMDQ_ERR was not acknowledged. */
  COMMANDS_AFTER_ERROR(Severity.WARNING),
  /**
   * The guest moved CMDQ_PROD further than the queue has entries, so that no command is consumed.
   */
  INCONSISTENT_PROD(Severity.ERROR),
  /** The guest placed a queue or an MSI at an address where memory could not be written. */
  WRITE_ABORTED(Severity.ERROR),
  /** CMD_CFGI_STE for a StreamID without a device. */
  CFGI_WITHOUT_DEVICE(Severity.INFO),
  /** The host refused an operation. */
  HOST_FAILURE(Severity.ERROR),
  /** The host lost fault records, so that they are missing in the log. */
  LOST_FAULTS(Severity.WARNING),
  /** The guest had a queue that the hardware reads itself, whose commands are not in the log. */
  BLIND_INTERVAL(Severity.WARNING),
  /** A nested HWPT to which no stream is attached was never freed. */
  HWPT_LEAK(Severity.WARNING),
  /**
   * The recorded host issued invalidations one at a time, although the guest had submitted several.
   */
  UNBATCHED_INVALIDATIONS(Severity.INFO),
  /** The recorded SMMU answered a register read differently than this service's model. */
  DIFFERENT_REGISTER_READ(Severity.INFO),
  /** The recorded SMMU treated a command differently than this service's model. */
  DIFFERENT_VERDICT(Severity.WARNING),
  /** The recording lacks its end, or says that it is not complete. */
  PARTIAL_RECORDING(Severity.WARNING);

  private final Severity severity;

  Rule(Severity severity) {
    this.severity = severity;
  }

  public Severity severity() {
    return severity;
  }
}
