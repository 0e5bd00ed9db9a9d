package io.vsmmu.projections.lint;

/** How much a finding matters. */
public enum Severity {
  /** Worth knowing; nothing is wrong. */
  INFO,
  /** Probably a bug, or a place where the log cannot be trusted to be complete. */
  WARNING,
  /** Something did not work. */
  ERROR
}
