package io.vsmmu.smmu.stimulus;

/** A feature that is demanded, refused, or taken as the host has it. */
public enum AutoSwitch {
  ON,
  OFF,
  AUTO
}
