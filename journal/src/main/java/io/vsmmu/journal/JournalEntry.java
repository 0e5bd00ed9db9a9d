package io.vsmmu.journal;

import java.nio.ByteBuffer;

/** One entry to be appended; the journal does not interpret its bytes. */
public interface JournalEntry {

  /** The number of bytes that {@link #write} writes; at least 0. */
  int bytes();

  /** Writes exactly {@link #bytes} bytes at the buffer's position, big-endian. */
  void write(ByteBuffer into);
}
