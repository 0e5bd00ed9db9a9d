package io.vsmmu.journal;

import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;

/**
 * One segment file, mapped as a whole. All of its blocks are written when it is made: the first
 * write of a block changes the file system's own data, which would make each fdatasync slower.
 *
 * <p>System calls go through {@code posix} and not through a channel, because an interrupt closes a
 * channel that a thread blocks on. One thread writes at a time; any thread may sync or read what
 * was published to it.
 */
final class SegmentFile implements AutoCloseable {

  private static final int FILL_BYTES = 1 << 20;

  /** The smallest page of Linux. */
  private static final int PAGE_BYTES = 4096;

  private static final VarHandle WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final Path path;
  private final Fd fd;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment mapping;

  private SegmentFile(Path path, int bytes) throws IOException {
    this.path = path;
    this.fd = DeviceCalls.open(path);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      this.mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Makes a file of zeros, readable by its owner only, and syncs it and its name. Until all of it
   * is written it has another name, so that a segment file that is too short was truncated. An
   * interrupt does not end this; it is kept.
   *
   * @throws IOException if the file system has no space, for instance; then there is no file
   */
  static SegmentFile create(Path path, int bytes, JournalBoundary.Observer observer)
      throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return tryToCreate(path, bytes, observer);
        } catch (ClosedByInterruptException e) {
          // The channel is closed, so the file is made anew.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static SegmentFile tryToCreate(Path path, int bytes, JournalBoundary.Observer observer)
      throws IOException {
    Path unfinished = SegmentNames.unfinished(path);
    Files.deleteIfExists(unfinished);
    try {
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      fill(unfinished, bytes);
      observer.reached(JournalBoundary.SEGMENT_MAKING);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(path);
      observer.reached(JournalBoundary.SEGMENT_MADE);
      return new SegmentFile(path, bytes);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(path);
      throw e;
    }
  }

  private static void syncDirectory(Path file) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void fill(Path path, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(bytes, FILL_BYTES));
      for (long at = 0; at < bytes; at += zeros.position()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
      channel.force(true);
    }
  }

  /** Opens a file that {@link #create} made, with its present size. */
  static SegmentFile open(Path path) throws IOException {
    return new SegmentFile(path, Math.toIntExact(Files.size(path)));
  }

  Path path() {
    return path;
  }

  int size() {
    return (int) mapping.byteSize();
  }

  /** A read-only view of a part of the file. */
  ByteBuffer view(int offset, int length) {
    return mapping.asSlice(offset, length).asByteBuffer().asReadOnlyBuffer();
  }

  /** Copies the bytes from an offset on, as many as a segment has. */
  void copy(int offset, MemorySegment into) {
    MemorySegment.copy(mapping, offset, into, 0, into.byteSize());
  }

  /** Whether every byte is zero, as in a file that was never used. */
  boolean isErased() {
    ByteBuffer bytes = view(0, size());
    while (bytes.remaining() >= Long.BYTES) {
      if (bytes.getLong() != 0) {
        return false;
      }
    }
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the file still has its name and its size. Pages behind its end cannot be accessed. */
  boolean isWhole() {
    try {
      return Files.size(path) >= size();
    } catch (IOException removed) {
      return false;
    }
  }

  /** The header; empty if the segment was never used or its header is damaged. */
  Optional<SegmentHeader> header() {
    return SegmentHeader.read(view(0, SegmentHeader.BYTES));
  }

  /** Writes the header and a word of zeros behind it, and syncs both. */
  void begin(SegmentHeader header) throws PosixException {
    storeWord(SegmentHeader.BYTES, 0);
    writeHeader(header);
  }

  /** Writes the header and syncs it. */
  void writeHeader(SegmentHeader header) throws PosixException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment bytes = scratch.allocate(SegmentHeader.BYTES);
      bytes.copyFrom(MemorySegment.ofBuffer(header.bytes()));
      write(bytes, 0);
    }
    sync();
  }

  /**
   * Stores a sealed frame into the mapping, its word last. What is stored survives this process.
   *
   * @param frame native memory that begins with the frame and holds its padding
   */
  void store(MemorySegment frame, int paddedLength, int offset) {
    int word = FrameHeader.WORD_BYTES;
    storeWord(offset + paddedLength, 0);
    MemorySegment.copy(frame, word, mapping, (long) offset + word, (long) paddedLength - word);
    storeWord(offset, (long) WORD.get(frame, 0L));
  }

  /**
   * Writes a sealed frame with pwrite(2), for a frame that is synced next: a store into a page that
   * was synced before costs a fault, which takes longer than the system call. A SIGKILL ends a
   * pwrite between two pages at most (mm/filemap.c, generic_perform_write), so the word is written
   * on its own, as the last, only if the frame and the word behind it are in several pages.
   *
   * @param frame native memory that holds the frame, its padding and 8 bytes more, which are
   *     overwritten
   */
  void write(MemorySegment frame, int paddedLength, int offset) throws PosixException {
    int word = FrameHeader.WORD_BYTES;
    WORD.set(frame, (long) paddedLength, 0L);
    if (offset / PAGE_BYTES == (offset + paddedLength + word - 1) / PAGE_BYTES) {
      write(frame.asSlice(0, (long) paddedLength + word), offset);
    } else {
      write(frame.asSlice(word, paddedLength), offset + word);
      write(frame.asSlice(0, word), offset);
    }
  }

  /** Marks the segment as continued at an offset in the segment with a number. */
  void storeContinuation(int offset, int segment) {
    storeWord(offset, FrameHeader.continuedIn(segment));
  }

  /** Overwrites everything from an offset on with zeros, and syncs that. */
  void eraseFrom(int offset) throws PosixException {
    mapping.asSlice(offset).fill((byte) 0);
    sync();
  }

  /**
   * Overwrites everything with zeros. If this is interrupted, the header is still there and shows
   * what the rest is.
   */
  void erase() throws PosixException {
    eraseFrom(SegmentHeader.BYTES);
    eraseFrom(0);
  }

  /** Stores a word, unless the file was truncated before this process opened it. */
  private void storeWord(int offset, long word) {
    if (offset <= size() - FrameHeader.WORD_BYTES) {
      WORD.setRelease(mapping, (long) offset, word);
    }
  }

  private void write(MemorySegment bytes, long offset) throws PosixException {
    long done = 0;
    while (done < bytes.byteSize()) {
      done += checked("pwrite", DeviceCalls.writeAt(fd, bytes.asSlice(done), offset + done));
    }
  }

  /** fdatasync(2): what was stored or written survives the end of the machine. */
  void sync() throws PosixException {
    checked("fdatasync", DeviceCalls.syncData(fd));
  }

  private static long checked(String call, long result) throws PosixException {
    if (result < 0) {
      throw new PosixException(call, (int) -result);
    }
    if (result == 0 && call.equals("pwrite")) {
      throw new PosixException(call, Errno.ENOSPC);
    }
    return result;
  }

  /** Unmaps and closes the file, once; no view of it may be used afterwards. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      fd.close();
    }
  }

  /** Closes and deletes the file. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(path);
  }
}
