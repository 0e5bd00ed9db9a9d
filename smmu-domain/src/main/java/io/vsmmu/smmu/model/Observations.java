package io.vsmmu.smmu.model;

/**
 * Counts of what a recording contains besides writes of the guest.
 *
 * @param reads register reads
 * @param differingReads those that the folded state would have answered with another value
 * @param hostCalls calls of the recorded VMM to its host
 * @param hostInvalidations invalidation calls among them
 * @param keptLines lines whose meaning the model does not know
 */
public record Observations(
    long reads, long differingReads, long hostCalls, long hostInvalidations, long keptLines) {

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
