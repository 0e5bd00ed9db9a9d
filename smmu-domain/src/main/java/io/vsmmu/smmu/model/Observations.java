package io.vsmmu.smmu.model;

/**
 * What a recording held besides guest accesses.
 *
 * @param reads register reads
 * @param differingReads those that our register file would have answered otherwise
 * @param hostCalls calls of the recorded VMM to its host
 * @param hostInvalidations invalidation calls among them
 * @param keptLines lines that say nothing the model knows of
 */
public record Observations(
    long reads, long differingReads, long hostCalls, long hostInvalidations, long keptLines) {

  /** A vSMMU that is not a recording. */
  public static final Observations NONE = new Observations(0, 0, 0, 0, 0);

  Observations plusReads(long more, long differing) {
    return new Observations(
        reads + more, differingReads + differing, hostCalls, hostInvalidations, keptLines);
  }

  Observations plusHostCalls(long more, long invalidations) {
    return new Observations(
        reads, differingReads, hostCalls + more, hostInvalidations + invalidations, keptLines);
  }

  Observations plusKeptLines(long more) {
    return new Observations(reads, differingReads, hostCalls, hostInvalidations, keptLines + more);
  }
}
