package io.vsmmu.host;

/** A feature of a vSMMU that is shown, hidden, or taken from the host at the first attach. */
public enum OnOffAuto {
  /** Shown; a host without it is refused. */
  ON,
  /** Hidden. */
  OFF,
  /** As the host has it. */
  AUTO
}
