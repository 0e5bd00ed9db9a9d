package io.vsmmu.projections.lint;

/** How much a finding matters, from least to most. */
public enum Severity {
  /** Worth knowing, but nothing is wrong. */
  INFO,
  /** Probably a defect, or a part of the log that may be incomplete. */
  WARNING,
  /** An operation of the guest or of the host failed. */
  ERROR
}
