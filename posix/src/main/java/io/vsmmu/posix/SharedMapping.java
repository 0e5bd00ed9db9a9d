package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A part of a file mapped as memory: mmap(2) with MAP_SHARED. Thread-safe. The descriptor may be
 * closed once the mapping exists.
 *
 * <p>The file's owner may truncate it at any time, and an access beyond the new end then raises
 * SIGBUS. {@link #read}, {@link #write} and {@link #storeRelease} handle that and return false.
 * {@link #segment} must not be used for files that another process can truncate: HotSpot turns the
 * signal into an {@link InternalError}, in compiled code only later, and for some instructions that
 * C2 emits it ends the process.
 */
public final class SharedMapping implements AutoCloseable {

  private static final VarHandle INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;

  private final Arena arena;
  private final MemorySegment segment;
  private final KernelCopy copy;
  private final UseCount uses = new UseCount();

  private SharedMapping(Arena arena, MemorySegment segment, KernelCopy copy) {
    this.arena = arena;
    this.segment = segment;
    this.copy = copy;
  }

  /**
   * Whether memory can be mapped: the safe copies need process_vm_readv(2) and
   * process_vm_writev(2), or {@code /proc/self/mem}.
   */
  public static boolean supported() {
    return KernelCopy.BEST.isPresent();
  }

  /**
   * Maps a part of an open file, which must be at least that long.
   *
   * @param offset in bytes from the file's beginning, a multiple of the page size
   * @param size in bytes, more than 0
   * @param writable whether to map it for writing too
   * @throws PosixException EINVAL when it is no regular file or too short, or when offset or size
   *     are invalid; EACCES when the descriptor's access mode does not suffice; ENOSYS unless
   *     {@link #supported}; EBADF when it is closed; other errors of mmap(2)
   */
  public static SharedMapping of(Fd fd, long offset, long size, boolean writable)
      throws PosixException {
    KernelCopy copy =
        KernelCopy.BEST.orElseThrow(() -> new PosixException("process_vm_readv", Errno.ENOSYS));
    return of(fd, offset, size, writable, copy);
  }

  /** With a way to copy of the caller's choice. */
  static SharedMapping of(Fd fd, long offset, long size, boolean writable, KernelCopy copy)
      throws PosixException {
    FileStatus status = FileStatus.of(fd);
    boolean aligned = offset >= 0 && offset % Libc.CALLS.getpagesize() == 0;
    if (!status.regular() || !aligned || size <= 0 || size > status.size() - offset) {
      throw new PosixException("mmap", Errno.EINVAL);
    }
    return mapped(address(fd, offset, size, writable), size, writable, copy);
  }

  /**
   * As {@link #of(Fd, long, long, boolean)}, for the file at a path.
   *
   * @throws PosixException as there; errors of open(2)
   */
  public static SharedMapping of(Path file, long offset, long size, boolean writable)
      throws PosixException {
    // If the path names a FIFO, opening it without O_NONBLOCK would wait for its other end.
    int flags = O_CLOEXEC | O_NONBLOCK | (writable ? O_RDWR : O_RDONLY);
    try (Fd fd = open(file, flags)) {
      return of(fd, offset, size, writable);
    }
  }

  private static Fd open(Path file, int flags) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(file.toString()).address();
      return Fd.owning(Libc.checked(Libc.CALLS.open(name, flags, 0), "open"));
    }
  }

  private static long address(Fd fd, long offset, long size, boolean writable)
      throws PosixException {
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    int number = fd.hold("mmap");
    try {
      long address = Libc.CALLS.mmap(0, size, protection, MAP_SHARED, number, offset);
      if (address == -1) {
        throw Libc.failure("mmap");
      }
      return address;
    } finally {
      fd.drop();
    }
  }

  @SuppressWarnings("restricted")
  private static SharedMapping mapped(long address, long size, boolean writable, KernelCopy copy) {
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, gone -> Libc.CALLS.munmap(address, size));
    return new SharedMapping(arena, writable ? segment : segment.asReadOnly(), copy);
  }

  /**
   * The mapped memory, read-only unless mapped for writing. Every access after {@link #close}
   * throws {@link IllegalStateException}. See the class comment for files that may be truncated.
   */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Copies from the mapping into a segment.
   *
   * @param at offset of the first byte in the mapping
   * @return false when the file was truncated before the last byte, or the mapping is closed
   * @throws IndexOutOfBoundsException when the range exceeds the mapping
   */
  public boolean read(long at, MemorySegment into) {
    Objects.checkFromIndexSize(at, into.byteSize(), segment.byteSize());
    if (!uses.begin()) {
      return false;
    }
    try {
      return copy.read(segment.address() + at, into);
    } finally {
      end();
    }
  }

  /**
   * Copies a segment into the mapping.
   *
   * @param at offset of the first byte in the mapping
   * @return false when the file was truncated before the last byte, in which case bytes before its
   *     end may have been written; or when the mapping is closed or not writable
   * @throws IndexOutOfBoundsException when the range exceeds the mapping
   */
  public boolean write(long at, MemorySegment from) {
    Objects.checkFromIndexSize(at, from.byteSize(), segment.byteSize());
    if (segment.isReadOnly() || !uses.begin()) {
      return false;
    }
    try {
      return copy.write(segment.address() + at, from);
    } finally {
      end();
    }
  }

  /**
   * Stores 32 bits atomically, little-endian and with release semantics: a reader that sees the new
   * value also sees every earlier write of this thread.
   *
   * @param at offset in the mapping, a multiple of 4
   * @return false as {@link #write}
   * @throws IndexOutOfBoundsException when the range exceeds the mapping
   */
  public boolean storeRelease(long at, int value) {
    Objects.checkFromIndexSize(at, Integer.BYTES, segment.byteSize());
    if (segment.isReadOnly() || !uses.begin()) {
      return false;
    }
    try {
      // Every compiler emits a release store as one plain instruction, whose fault the JVM handles.
      INT.setRelease(segment, at, value);
      // A native call: compiled code throws the InternalError for a fault of the store by then.
      return !Thread.holdsLock(uses);
    } catch (InternalError fault) {
      return false;
    } finally {
      end();
    }
  }

  private void end() {
    if (uses.end()) {
      arena.close();
    }
  }

  /**
   * Unmaps the memory. Waits up to {@link PosixLimits#UNMAP_MILLIS} for accesses in progress; if
   * one takes longer, it unmaps the memory when it ends. Closing again does nothing.
   */
  @Override
  public void close() {
    if (uses.close()) {
      arena.close();
    } else {
      uses.awaitIdle(PosixLimits.UNMAP_MILLIS);
    }
  }
}
