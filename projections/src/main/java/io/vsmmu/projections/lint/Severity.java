package io.vsmmu.projections.lint;

/** Severity of a finding. */
public enum Severity {
  /** Worth knowing, but nothing is wrong. */
  INFO,
  /** Probably a defect, or a part of the log that may be incomplete. */
  WARNING,
  /** An operation of the guest or of the host failed. */
  ERROR
}
