package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Copies between this process's own memory and a mapping whose file another process may truncate.
 * The kernel does the copy, so that a missing page is an error and not the signal SIGBUS.
 * Thread-safe.
 */
final class KernelCopy {

  /** The fastest way that this kernel allows; empty when it allows none. */
  static final Optional<KernelCopy> BEST =
      Optional.of(processVm())
          .filter(KernelCopy::works)
          .or(() -> procMem().filter(KernelCopy::works));

  private static final int VECTOR_SIZE = 16;
  private static final int VECTOR_LENGTH = 8;

  private final Transfer transfer;

  private KernelCopy(Transfer transfer) {
    this.transfer = transfer;
  }

  /** Moves a part of the bytes, and returns how many; at most 0 when none can be moved. */
  private interface Transfer {
    long move(boolean out, long remote, long local, long length, Arena arena);
  }

  /**
   * process_vm_readv(2) and process_vm_writev(2) on this process itself. A kernel without {@code
   * CONFIG_CROSS_MEMORY_ATTACH} does not have them, and a seccomp filter may forbid them.
   */
  static KernelCopy processVm() {
    int own = (int) ProcessHandle.current().pid();
    return new KernelCopy(
        (out, remote, local, length, arena) -> {
          MemorySegment vectors = arena.allocate(2L * VECTOR_SIZE, Long.BYTES);
          point(vectors, 0, local, length);
          point(vectors, VECTOR_SIZE, remote, length);
          long here = vectors.address();
          long there = here + VECTOR_SIZE;
          return out
              ? Libc.CALLS.process_vm_writev(own, here, 1, there, 1, 0)
              : Libc.CALLS.process_vm_readv(own, here, 1, there, 1, 0);
        });
  }

  private static void point(MemorySegment vectors, long at, long address, long length) {
    vectors.set(ValueLayout.JAVA_LONG, at, address);
    vectors.set(ValueLayout.JAVA_LONG, at + VECTOR_LENGTH, length);
  }

  /**
   * {@code /proc/self/mem}, whose offsets are addresses (fs/proc/base.c, mem_rw). Its descriptor
   * stays open; empty when it cannot be opened.
   */
  @SuppressWarnings("restricted") // the address is that of a segment of the caller
  static Optional<KernelCopy> procMem() {
    try {
      Fd memory = DeviceCalls.open(Path.of("/proc/self/mem"));
      return Optional.of(
          new KernelCopy(
              (out, remote, local, length, arena) -> {
                MemorySegment bytes = MemorySegment.ofAddress(local).reinterpret(length);
                return out
                    ? DeviceCalls.writeAt(memory, bytes, remote)
                    : DeviceCalls.readAt(memory, bytes, remote);
              }));
    } catch (PosixException unavailable) {
      return Optional.empty();
    }
  }

  private boolean works() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_LONG, 0x0123_4567_89ab_cdefL);
      MemorySegment into = arena.allocate(ValueLayout.JAVA_LONG);
      return read(from.address(), into)
          && write(from.address(), into)
          && into.get(ValueLayout.JAVA_LONG, 0) == from.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Copies from an address into a segment; false when a byte is not mapped. */
  boolean read(long address, MemorySegment into) {
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
  boolean write(long address, MemorySegment from) {
    try (Arena arena = Arena.ofConfined()) {
      if (from.isNative()) {
        return copied(true, address, from, arena);
      }
      MemorySegment scratch = arena.allocate(Math.max(1, from.byteSize()));
      scratch.copyFrom(from);
      return copied(true, address, scratch.asSlice(0, from.byteSize()), arena);
    }
  }

  private boolean copied(boolean out, long remote, MemorySegment local, Arena arena) {
    long done = 0;
    while (done < local.byteSize()) {
      long rest = local.byteSize() - done;
      long part = transfer.move(out, remote + done, local.address() + done, rest, arena);
      if (part <= 0) {
        return false;
      }
      done += part;
    }
    return true;
  }
}
