package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The entries of one undamaged frame, in order. */
final class FrameEntries {

  private final ByteBuffer bytes;
  private int left;

  FrameEntries(FrameScan.Found frame) {
    this.bytes = frame.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.bytes.position(FrameHeader.BYTES);
    this.left = frame.header().entries();
  }

  boolean hasNext() {
    return left > 0;
  }

  /** The next entry, big-endian. */
  ByteBuffer next() {
    int length = bytes.getInt();
    ByteBuffer entry = bytes.slice(bytes.position(), length).order(ByteOrder.BIG_ENDIAN);
    bytes.position(bytes.position() + length);
    left--;
    return entry;
  }
}
