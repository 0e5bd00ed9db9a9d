package io.vsmmu.smmu.stimulus;

/** Which bits of an STE are known. */
public enum Completeness {
  /** All bits of the STE are known. */
  FULL,
  /** The bits that matter to the host are known, others are not. */
  HOST_WORDS,
  /** Only the kind of configuration is known; the words are the canonical ones of that kind. */
  CONFIGURATION_ONLY,
  /** No bits are known: the source does not contain the STE. */
  NOTHING
}
