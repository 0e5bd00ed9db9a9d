package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies between this process's own memory and a mapping whose file another process may truncate.
 * The kernel does the copy, so that a missing page is an error (EFAULT) and not the signal SIGBUS.
 * It is asked by process_vm_readv(2) and process_vm_writev(2) on this process itself.
 */
final class KernelCopy {

  private static final int VECTOR_SIZE = 16;
  private static final int VECTOR_LENGTH = 8;
  private static final int OWN_PID = (int) ProcessHandle.current().pid();

  /** Whether the kernel allows these calls; a seccomp filter may forbid them. */
  static final boolean SUPPORTED = works();

  private KernelCopy() {}

  private static boolean works() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_LONG, 0x0123_4567_89ab_cdefL);
      MemorySegment into = arena.allocate(ValueLayout.JAVA_LONG);
      return read(from.address(), into)
          && write(from.address(), into)
          && into.get(ValueLayout.JAVA_LONG, 0) == from.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Copies from an address into a segment; false when a byte is not mapped. */
  static boolean read(long address, MemorySegment into) {
    try (Arena arena = Arena.ofConfined()) {
      if (into.isNative()) {
        return copied(false, address, into, arena);
      }
      MemorySegment scratch = arena.allocate(Math.max(1, into.byteSize()));
      boolean done = copied(false, address, scratch.asSlice(0, into.byteSize()), arena);
      into.copyFrom(scratch.asSlice(0, into.byteSize()));
      return done;
    }
  }

  /**
   * Copies a segment to an address; false when a byte is not mapped or not writable, in which case
   * bytes before it may have been written.
   */
  static boolean write(long address, MemorySegment from) {
    try (Arena arena = Arena.ofConfined()) {
      if (from.isNative()) {
        return copied(true, address, from, arena);
      }
      MemorySegment scratch = arena.allocate(Math.max(1, from.byteSize()));
      scratch.copyFrom(from);
      return copied(true, address, scratch.asSlice(0, from.byteSize()), arena);
    }
  }

  private static boolean copied(boolean out, long remote, MemorySegment local, Arena arena) {
    MemorySegment vectors = arena.allocate(2L * VECTOR_SIZE, Long.BYTES);
    long localVector = vectors.address();
    long remoteVector = localVector + VECTOR_SIZE;
    long done = 0;
    while (done < local.byteSize()) {
      long rest = local.byteSize() - done;
      point(vectors, 0, local.address() + done, rest);
      point(vectors, VECTOR_SIZE, remote + done, rest);
      long part =
          out
              ? Libc.CALLS.process_vm_writev(OWN_PID, localVector, 1, remoteVector, 1, 0)
              : Libc.CALLS.process_vm_readv(OWN_PID, localVector, 1, remoteVector, 1, 0);
      if (part <= 0) {
        return false;
      }
      done += part;
    }
    return true;
  }

  private static void point(MemorySegment vectors, long at, long address, long length) {
    vectors.set(ValueLayout.JAVA_LONG, at, address);
    vectors.set(ValueLayout.JAVA_LONG, at + VECTOR_LENGTH, length);
  }
}
