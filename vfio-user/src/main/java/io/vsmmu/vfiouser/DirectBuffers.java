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
   * A buffer of at least {@code bytes}: the present one if it is large enough, or a new one of the
   * next power of two, at most {@link ProtocolLimits#MESSAGE}. The contents are not copied.
   */
  static ByteBuffer atLeast(ByteBuffer present, int bytes) {
    if (bytes <= present.capacity()) {
      return present;
    }
    int power = Integer.highestOneBit(bytes - 1) << 1;
    return ofSize(Math.max(bytes, Math.min(power, ProtocolLimits.MESSAGE)));
  }
}
