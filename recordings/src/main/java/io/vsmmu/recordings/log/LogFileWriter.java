package io.vsmmu.recordings.log;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the log of one vSMMU as a file, in bounded memory. The same records always give the same
 * body. Without {@link #finish} the file has no trailer, and readers report it as truncated. Not
 * safe for use by several threads.
 */
public final class LogFileWriter {

  private static final int BLOCK_HEAD_BYTES = 13;

  private final OutputStream out;
  private final MessageDigest digest = LogFormat.newDigest();
  private final ByteWriter block = new ByteWriter(LogFormat.BLOCK_BYTES * 2);
  private final List<LogNote> notes;
  private byte[] compressed = new byte[0];
  private long count;
  private long nextSequence = -1;
  private long lastOffset;
  private byte[] lastHash = new byte[LogFormat.HASH_BYTES];
  private boolean finished;

  /**
   * Writes the header of a file without notes.
   *
   * @param out not closed here
   * @throws IllegalArgumentException if a string of the header is longer than {@link
   *     LogFileLimits#NAME_BYTES}
   */
  public LogFileWriter(OutputStream out, LogHeader header) throws IOException {
    this(out, header, List.of());
  }

  /**
   * Writes the header.
   *
   * @param out not closed here
   * @param notes that {@link #finish} writes behind the records; with one, the file is of version 2
   * @throws IllegalArgumentException if a string of the header is longer than {@link
   *     LogFileLimits#NAME_BYTES}, or there are more notes than {@link LogFileLimits#NOTES}
   */
  public LogFileWriter(OutputStream out, LogHeader header, List<LogNote> notes) throws IOException {
    this(out, header, notes, notes.isEmpty() ? LogFormat.RECORDS_VERSION : LogFormat.NOTES_VERSION);
  }

  /**
   * As {@link #LogFileWriter(OutputStream, LogHeader, List)}, for a part of a log that does not
   * begin with its first event.
   */
  public LogFileWriter(OutputStream out, LogHeader header, List<LogNote> notes, PartOfLog part)
      throws IOException {
    this(out, header, notes, LogFormat.PART_VERSION);
    nextSequence = part.firstSequence();
    block.varint(part.firstSequence());
    block.varint(part.firstPosition());
    block.varint(part.lastPosition());
    block.varint(part.events());
    block.raw(part.previousHash());
    block.varint(part.stateType());
    block.varint(part.state().length);
    block.raw(part.state());
    writeBlock(LogFormat.BLOCK_PART);
  }

  private LogFileWriter(OutputStream out, LogHeader header, List<LogNote> notes, int version)
      throws IOException {
    if (notes.size() > LogFileLimits.NOTES) {
      throw new IllegalArgumentException(
          "%d notes, allowed are %d".formatted(notes.size(), LogFileLimits.NOTES));
    }
    this.out = out;
    this.notes = List.copyOf(notes);
    ByteWriter fields = new ByteWriter(256);
    fields.string(header.name(), LogFileLimits.NAME_BYTES);
    fields.u64(header.originMicros());
    fields.string(header.exporter(), LogFileLimits.NAME_BYTES);
    ByteWriter head = new ByteWriter(256);
    head.raw(LogFormat.MAGIC);
    head.u8(version >>> 8);
    head.u8(version);
    head.u32(fields.size());
    out.write(head.array(), 0, head.size());
    out.write(fields.array(), 0, fields.size());
    head.clear();
    head.u32(crc(fields.array(), fields.size()));
    out.write(head.array(), 0, head.size());
  }

  /**
   * Appends a record.
   *
   * @throws IllegalArgumentException if its sequence is not that of the record before it plus one,
   *     or its payload or subject is too long; nothing of it is written then
   * @throws IllegalStateException after {@link #finish}
   */
  public void write(LogRecord record) throws IOException {
    if (finished) {
      throw new IllegalStateException("the file is finished");
    }
    if (nextSequence >= 0 && record.sequence() != nextSequence) {
      throw new IllegalArgumentException(
          "record " + record.sequence() + " does not follow " + (nextSequence - 1));
    }
    if (record.payload().length > LogFileLimits.PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "payload of "
              + record.payload().length
              + " bytes, allowed are "
              + LogFileLimits.PAYLOAD_BYTES);
    }
    append(record);
    count++;
    nextSequence = record.sequence() + 1;
    lastOffset = record.offsetMicros();
    lastHash = record.hash();
    if (block.size() >= LogFormat.BLOCK_BYTES) {
      writeBlock(LogFormat.BLOCK_RECORDS);
    }
  }

  private void writeNotes() throws IOException {
    for (LogNote note : notes) {
      block.varint(note.sequence());
      block.zigzag(note.offsetMicros());
      block.string(note.author(), LogFileLimits.SUBJECT_BYTES);
      block.string(note.bookmark(), LogFileLimits.NAME_BYTES);
      block.string(note.text(), LogFileLimits.NOTE_BYTES);
      if (block.size() >= LogFormat.BLOCK_BYTES) {
        writeBlock(LogFormat.BLOCK_NOTES);
      }
    }
    if (block.size() > 0) {
      writeBlock(LogFormat.BLOCK_NOTES);
    }
  }

  private void append(LogRecord record) {
    ByteWriter subject = new ByteWriter(16);
    subject.string(record.subject(), LogFileLimits.SUBJECT_BYTES);
    block.varint(record.sequence());
    block.zigzag(record.offsetMicros() - lastOffset);
    block.varint(record.type());
    block.varint(record.cause() + 1);
    block.raw(Arrays.copyOf(subject.array(), subject.size()));
    block.varint(record.payload().length);
    block.raw(record.payload());
    block.raw(record.hash());
  }

  private void writeBlock(int kind) throws IOException {
    int bound = Math.toIntExact(Zstd.compressBound(block.size()));
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    long stored =
        Zstd.compressByteArray(
            compressed, 0, compressed.length, block.array(), 0, block.size(), LogFormat.ZSTD_LEVEL);
    ByteBuffer head = ByteBuffer.allocate(BLOCK_HEAD_BYTES);
    head.put((byte) kind);
    head.putInt(block.size());
    head.putInt((int) stored);
    head.putInt(crc(block.array(), block.size()));
    body(head.array(), head.capacity());
    body(compressed, (int) stored);
    block.clear();
  }

  /** Writes the notes, the trailer and the digest, and flushes the stream without closing it. */
  public void finish() throws IOException {
    if (finished) {
      return;
    }
    if (block.size() > 0) {
      writeBlock(LogFormat.BLOCK_RECORDS);
    }
    writeNotes();
    ByteBuffer trailer = ByteBuffer.allocate(1 + Long.BYTES + LogFormat.HASH_BYTES);
    trailer.put((byte) LogFormat.BLOCK_TRAILER);
    trailer.putLong(count);
    trailer.put(lastHash);
    body(trailer.array(), trailer.capacity());
    out.write(digest.digest());
    out.flush();
    finished = true;
  }

  private void body(byte[] bytes, int length) throws IOException {
    digest.update(bytes, 0, length);
    out.write(bytes, 0, length);
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
