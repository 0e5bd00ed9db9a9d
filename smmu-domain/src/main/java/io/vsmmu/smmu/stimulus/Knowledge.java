package io.vsmmu.smmu.stimulus;

/** How much of a value its source told. */
public enum Knowledge {
  /** All bits were read. */
  FULL,
  /** The bits that matter to the host are known, others are not. */
  HOST_WORDS,
  /** Only the kind of configuration is known; the words are the canonical ones of that kind. */
  CONFIGURATION_ONLY,
  /** The source does not tell. */
  NOTHING
}
