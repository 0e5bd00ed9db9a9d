package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A part of a file as memory (mmap, MAP_SHARED). Thread-safe. The descriptor may be closed as soon
 * as the mapping is made.
 *
 * <p>Who owns the file may truncate it at any time; an access beyond its new end then faults.
 * {@link #read}, {@link #write} and {@link #storeRelease} say so by their result. Accesses through
 * {@link #segment} must not be used on files of others: HotSpot turns the fault into {@link
 * InternalError}, in compiled code late, and for some instructions that C2 chooses it ends the
 * process.
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
  private final Uses uses = new Uses();

  private SharedMapping(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  /** Whether the kernel copies for us; a sandbox may forbid it, and then nothing is mapped. */
  public static boolean supported() {
    return KernelCopy.SUPPORTED;
  }

  /**
   * Maps a part of an open file; never extends it.
   *
   * @param offset bytes from its beginning, a multiple of the page size
   * @param size bytes, more than 0
   * @param writable whether it may be written too
   * @throws PosixException EINVAL when it is no regular file, too short, or offset or size are
   *     wrong; EACCES when the descriptor lacks a right; ENOSYS without {@link #supported}; what
   *     else mmap(2) says
   */
  public static SharedMapping of(Fd fd, long offset, long size, boolean writable)
      throws PosixException {
    if (!supported()) {
      throw new PosixException("process_vm_readv", Errno.ENOSYS);
    }
    FileStatus status = FileStatus.of(fd);
    boolean aligned = offset >= 0 && offset % Libc.CALLS.getpagesize() == 0;
    if (!status.regular() || !aligned || size <= 0 || size > status.size() - offset) {
      throw new PosixException("mmap", Errno.EINVAL);
    }
    return mapped(address(fd, offset, size, writable), size, writable);
  }

  /**
   * Maps a part of a file; never creates or extends it.
   *
   * @throws PosixException as {@link #of(Fd, long, long, boolean)}, or what open(2) says
   */
  public static SharedMapping of(Path file, long offset, long size, boolean writable)
      throws PosixException {
    // Without O_NONBLOCK a FIFO would wait for its other end.
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
  private static SharedMapping mapped(long address, long size, boolean writable) {
    Arena arena = Arena.ofShared();
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(size, arena, gone -> Libc.CALLS.munmap(address, size));
    return new SharedMapping(arena, writable ? segment : segment.asReadOnly());
  }

  /** The memory. Read-only when it was not mapped writable. After close every access throws. */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Copies out of it.
   *
   * @param at first byte, from the beginning of the mapping
   * @return false when a byte is not there any more, or the mapping is closed
   * @throws IndexOutOfBoundsException when it is not all inside
   */
  public boolean read(long at, MemorySegment into) {
    Objects.checkFromIndexSize(at, into.byteSize(), segment.byteSize());
    if (!uses.begin()) {
      return false;
    }
    try {
      return KernelCopy.read(segment.address() + at, into);
    } finally {
      end();
    }
  }

  /**
   * Copies into it.
   *
   * @param at first byte, from the beginning of the mapping
   * @return false when a byte is not there any more, or the mapping is closed or not writable; some
   *     bytes may be written then
   * @throws IndexOutOfBoundsException when it is not all inside
   */
  public boolean write(long at, MemorySegment from) {
    Objects.checkFromIndexSize(at, from.byteSize(), segment.byteSize());
    if (segment.isReadOnly() || !uses.begin()) {
      return false;
    }
    try {
      return KernelCopy.write(segment.address() + at, from);
    } finally {
      end();
    }
  }

  /**
   * Stores 32 bits, little-endian, at once, after everything that was written before.
   *
   * @param at multiple of 4, from the beginning of the mapping
   * @return false as {@link #write}
   * @throws IndexOutOfBoundsException when it is not all inside
   */
  public boolean storeRelease(long at, int value) {
    Objects.checkFromIndexSize(at, Integer.BYTES, segment.byteSize());
    if (segment.isReadOnly() || !uses.begin()) {
      return false;
    }
    try {
      // An ordered store is one plain instruction in every compiler: the JVM survives its fault.
      INT.setRelease(segment, at, value);
      // A native call: compiled code throws a fault of the store here at the latest.
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
   * Unmaps it. Waits a little for accesses that are under way; when one of them hangs, it unmaps
   * when it comes back. Does nothing the second time.
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
