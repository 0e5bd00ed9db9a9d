package io.vsmmu.acceptance.crash;

/** What a process does besides what its guest asks for. */
public enum Work {
  /** Nothing. */
  GUEST,
  IMPORTS,
  /** Imports, while the database takes no events: the journal grows. */
  IMPORTS_INTO_JOURNAL,
  EXPORTS,
  REPLAYS
}
