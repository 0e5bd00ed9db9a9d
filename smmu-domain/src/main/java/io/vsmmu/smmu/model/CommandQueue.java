package io.vsmmu.smmu.model;

/**
 * How far the command queue has been consumed.
 *
 * @param fetched index with wrap bit of the next entry to fetch
 * @param awaiting sequence of the decision whose outcome moves CMDQ_CONS, or -1
 */
public record CommandQueue(long fetched, long awaiting) {

  public static final CommandQueue EMPTY = new CommandQueue(0, -1);

  /** Whether the host's outcome is pending. */
  public boolean awaitsHost() {
    return awaiting >= 0;
  }
}
