package io.vsmmu.journal;

import io.vsmmu.boundary.Boundary;
import io.vsmmu.posix.PosixException;

/**
 * The steps between which a process may die; each leaves the files, or the files and what they are
 * copied to, in a state that recovery must read. Tests end the process, or copy its files, when one
 * is reached. The journal reports its own steps, and whatever copies its entries reports the last
 * four.
 */
public enum JournalBoundary implements Boundary {
  /** A part behind the journal's end was erased, or a segment was taken over by this process. */
  RECOVERING,
  /** A frame is about to be written; nothing of it is in the segment. */
  APPENDING,
  /** A frame is in the page cache and not acknowledged. */
  APPENDED,
  /** All blocks of a segment file are written, and it does not have its name yet. */
  SEGMENT_MAKING,
  /** A segment file has its name; it holds zeros. */
  SEGMENT_MADE,
  /** The next segment is taken and its header is written. */
  SEGMENT_BEGUN,
  /** fdatasync is about to be called. */
  SYNCING,
  /** fdatasync has returned; no append that waits for it was acknowledged. */
  SYNCED,
  /**
   * The entries up to a position are released; segments that hold no later one are to be reused.
   */
  RELEASED,
  /** A segment whose entries are released is free, with its old content. */
  RECYCLED,
  /** The journal is open, and the database does not know yet that it is written through it. */
  BINDING,
  /** The database knows its journal. */
  BOUND,
  /** A batch is read and synced, and the database has none of it. */
  SHIPPING,
  /** The database has committed a batch, and the journal does not know it yet. */
  SHIPPED;

  /** What is called at each step. */
  @FunctionalInterface
  public interface Observer {

    /** Does nothing. */
    Observer NONE = boundary -> {};

    /**
     * Called on the thread that reached the step, which may hold the journal's lock.
     *
     * @throws PosixException in a test: at {@link #APPENDING} and {@link #SYNCING} the system call
     *     that would follow is not made, and the journal does what it does when it fails
     */
    void reached(JournalBoundary boundary) throws PosixException;
  }
}
