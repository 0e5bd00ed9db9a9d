package io.vsmmu.vfiouser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian buffers outside the heap, for system calls. */
final class DirectBuffers {

  private DirectBuffers() {}

  static ByteBuffer ofSize(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A buffer of at least {@code bytes}: the present one, or a new one of the next power of two, cut
   * to what a message may have.
   */
  static ByteBuffer atLeast(ByteBuffer present, int bytes) {
    if (bytes <= present.capacity()) {
      return present;
    }
    int power = Integer.highestOneBit(bytes - 1) << 1;
    return ofSize(Math.max(bytes, Math.min(power, ProtocolLimits.MESSAGE)));
  }
}
