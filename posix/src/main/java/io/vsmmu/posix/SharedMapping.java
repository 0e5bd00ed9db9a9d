package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A part of a file as memory (mmap, MAP_SHARED). Thread-safe. The descriptor may be closed as soon
 * as the mapping is made.
 *
 * <p>When the file is truncated later, an access beyond its new end throws {@link InternalError},
 * in compiled code possibly only at the next safepoint poll: see the package of guest memory for
 * how to cope.
 */
public final class SharedMapping implements AutoCloseable {

  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 1;

  private final Arena arena;
  private final MemorySegment segment;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SharedMapping(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  /**
   * Maps a part of an open file; never extends it.
   *
   * @param offset bytes from its beginning, a multiple of the page size
   * @param size bytes, more than 0
   * @param writable whether it may be written too
   * @throws PosixException EINVAL when it is no regular file, too short, or offset or size are
   *     wrong; EACCES when the descriptor lacks a right; what else mmap(2) says
   */
  public static SharedMapping of(Fd fd, long offset, long size, boolean writable)
      throws PosixException {
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
   * Unmaps it. An access that is under way in another thread throws {@link IllegalStateException}
   * there. Does nothing the second time.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }
}
