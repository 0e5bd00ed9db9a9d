package io.vsmmu.journal;

/**
 * The steps between which a process may die; each leaves the files in a state that recovery must
 * read. Tests end the process, or copy its files, when one is reached.
 */
public enum JournalBoundary {
  /** A part behind the journal's end was erased, or a segment was taken over by this process. */
  RECOVERING,
  /** A frame is about to be written; nothing of it is in the segment. */
  APPENDING,
  /** A frame is in the page cache and not acknowledged. */
  APPENDED,
  /** The next segment is taken and its header is written. */
  SEGMENT_BEGUN,
  /** fdatasync is about to be called. */
  SYNCING,
  /** fdatasync has returned; no append that waits for it was acknowledged. */
  SYNCED,
  /** The entries up to a position are released, and their segments may be used again. */
  RELEASED;

  /** What is called at each step. */
  @FunctionalInterface
  public interface Observer {

    /** Does nothing: the observer of a service. */
    Observer NONE = boundary -> {};

    /** Called on the thread that reached the step, which may hold the journal's lock. */
    void reached(JournalBoundary boundary);
  }
}
