package io.vsmmu.smmu.event;

/** What happens to the transactions of a stream. */
public enum StreamBehaviour {
  /** Transactions are terminated with an abort. */
  ABORT,
  /** Passed to stage 2 untranslated. */
  BYPASS,
  /** Translated by the guest's stage 1. */
  TRANSLATE,
  /** Unknown: the recording does not contain the STE. */
  UNKNOWN
}
