package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The memory for recvmsg(2) and sendmsg(2): a struct msghdr with one struct iovec and one
 * SCM_RIGHTS control message, in their layouts for 64-bit. Allocated once and used for every
 * message. Not thread-safe.
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

  /** Space for exactly {@link PosixLimits#DESCRIPTORS}; the kernel closes those that do not fit. */
  private static final int CONTROL_SIZE = CONTROL_DATA + PosixLimits.DESCRIPTORS * Integer.BYTES;

  // The garbage collector frees the segments. A call keeps this object reachable until it returns.
  private final MemorySegment header = Arena.ofAuto().allocate(HEADER_SIZE, Long.BYTES);
  private final MemorySegment vector = Arena.ofAuto().allocate(VECTOR_SIZE, Long.BYTES);
  private final MemorySegment control = Arena.ofAuto().allocate(CONTROL_SIZE, Long.BYTES);

  long address() {
    return header.address();
  }

  /** Prepares to receive at most {@code length} bytes at {@code address}, and descriptors. */
  void prepare(long address, long length) {
    point(address, length);
    control.fill((byte) 0);
    header.set(ValueLayout.JAVA_LONG, CONTROL, control.address());
    header.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH, CONTROL_SIZE);
  }

  /**
   * Prepares to send {@code length} bytes at {@code address} with descriptors.
   *
   * @param numbers of the descriptors, from 1 to {@link PosixLimits#DESCRIPTORS} of them
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

  /** Appends the descriptors of the last received message to a list, whose owner closes them. */
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
