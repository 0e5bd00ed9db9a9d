package io.vsmmu.smmu.spec;

/** A feature that is demanded, refused, or taken as the host has it. */
public enum OnOffAuto {
  ON,
  OFF,
  AUTO
}
