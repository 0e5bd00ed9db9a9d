package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The memory that recvmsg(2) and sendmsg(2) want: struct msghdr, one struct iovec, one control
 * message for descriptors. Made once, used for every message; 64-bit layouts. Not thread-safe.
 */
final class MessageHeader {

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  private static final int HEADER_SIZE = 56;
  private static final int VECTORS = 16;
  private static final int VECTOR_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;

  private static final int VECTOR_SIZE = 16;
  private static final int VECTOR_LENGTH = 8;

  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;
  private static final int CONTROL_DATA = 16;

  /** No room for a single descriptor more: the kernel closes what does not fit. */
  private static final int CONTROL_SIZE = CONTROL_DATA + PosixLimits.DESCRIPTORS * Integer.BYTES;

  // Collected when nobody can be in a call any more: the call keeps this object reachable.
  private final MemorySegment header = Arena.ofAuto().allocate(HEADER_SIZE, Long.BYTES);
  private final MemorySegment vector = Arena.ofAuto().allocate(VECTOR_SIZE, Long.BYTES);
  private final MemorySegment control = Arena.ofAuto().allocate(CONTROL_SIZE, Long.BYTES);

  long address() {
    return header.address();
  }

  /** Prepares for receiving up to {@code length} bytes at {@code address}. */
  void prepare(long address, long length) {
    point(address, length);
    control.fill((byte) 0);
    header.set(ValueLayout.JAVA_LONG, CONTROL, control.address());
    header.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH, CONTROL_SIZE);
  }

  /**
   * Prepares for sending with at least one descriptor.
   *
   * @param numbers at most {@link PosixLimits#DESCRIPTORS}
   */
  void prepare(long address, long length, int[] numbers) {
    prepare(address, length);
    long used = CONTROL_DATA + (long) numbers.length * Integer.BYTES;
    control.set(ValueLayout.JAVA_LONG, 0, used);
    control.set(ValueLayout.JAVA_INT, CONTROL_LEVEL, SOL_SOCKET);
    control.set(ValueLayout.JAVA_INT, CONTROL_TYPE, SCM_RIGHTS);
    MemorySegment.copy(numbers, 0, control, ValueLayout.JAVA_INT, CONTROL_DATA, numbers.length);
    header.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH, used);
  }

  private void point(long address, long length) {
    header.fill((byte) 0);
    vector.set(ValueLayout.JAVA_LONG, 0, address);
    vector.set(ValueLayout.JAVA_LONG, VECTOR_LENGTH, length);
    header.set(ValueLayout.JAVA_LONG, VECTORS, vector.address());
    header.set(ValueLayout.JAVA_LONG, VECTOR_COUNT, 1);
  }

  /** Appends the descriptors that came with the message received last. */
  void takeDescriptors(List<Fd> into) {
    if (header.get(ValueLayout.JAVA_LONG, CONTROL_LENGTH) < CONTROL_DATA
        || control.get(ValueLayout.JAVA_INT, CONTROL_LEVEL) != SOL_SOCKET
        || control.get(ValueLayout.JAVA_INT, CONTROL_TYPE) != SCM_RIGHTS) {
      return;
    }
    long end = Math.min(control.get(ValueLayout.JAVA_LONG, 0), CONTROL_SIZE);
    for (long at = CONTROL_DATA; at + Integer.BYTES <= end; at += Integer.BYTES) {
      into.add(Fd.owning(control.get(ValueLayout.JAVA_INT, at)));
    }
  }
}
