package io.vsmmu.recordings.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.vsmmu.recordings.log.LogFileFailure.ChecksumMismatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log file in bounded memory. The checksum of a block is verified before its records are
 * given, and {@link LogEnd} is given only if the digest of the whole body is right and nothing
 * follows it. After a failure the records that were already given are intact, but the log is not
 * complete. Not safe for use by several threads.
 */
public final class LogFileReader {

  private static final int BLOCK_HEAD_BYTES = 12;
  private static final int TRAILER_BYTES = Long.BYTES + LogFormat.HASH_BYTES;

  private final InputStream in;
  private final LogHeader header;
  private final int version;
  private final @Nullable PartOfLog part;
  private final MessageDigest digest = LogFormat.newDigest();
  private byte[] raw = new byte[0];
  private @Nullable ByteReader block;
  private boolean inNotes;
  private int notes;
  private @Nullable LogFileException failed;
  private long records;
  private long nextSequence = -1;
  private long lastOffset;
  private byte[] lastHash = new byte[LogFormat.HASH_BYTES];
  private @Nullable LogEnd end;

  /**
   * Reads the header, and of a part of a log what the file says about the whole.
   *
   * @param in not closed here
   * @throws LogFileException if the file does not have this format, or its header is damaged
   */
  public LogFileReader(InputStream in) throws IOException {
    this.in = in;
    byte[] magic = in.readNBytes(LogFormat.MAGIC.length);
    if (!Arrays.equals(magic, LogFormat.MAGIC)) {
      throw new LogFileException(new LogFileFailure.NotThisFormat());
    }
    version = ByteBuffer.wrap(exactly(Short.BYTES)).getShort() & 0xffff;
    if (version > LogFormat.PART_VERSION) {
      throw new LogFileException(new LogFileFailure.NewerVersion(version, LogFormat.PART_VERSION));
    }
    if (version == 0) {
      throw malformed("format version 0 does not exist");
    }
    header = readHeader();
    part = version == LogFormat.PART_VERSION ? readPart() : null;
  }

  private PartOfLog readPart() throws IOException {
    if (body(1)[0] != LogFormat.BLOCK_PART) {
      throw malformed("a file of version 3 begins with what it is a part of");
    }
    ByteReader fields = compressedBlock();
    long sequence = fields.varint();
    long first = fields.varint();
    long last = fields.varint();
    long events = fields.varint();
    byte[] previous = fields.raw(LogFormat.HASH_BYTES);
    long type = fields.varint();
    byte[] state = fields.block(LogFileLimits.PAYLOAD_BYTES);
    if (fields.hasRemaining() || type > LogFileLimits.MAX_TYPE) {
      throw malformed("what the file is a part of is not well-formed");
    }
    try {
      PartOfLog read = new PartOfLog(sequence, first, last, events, previous, (int) type, state);
      nextSequence = sequence;
      return read;
    } catch (IllegalArgumentException outOfRange) {
      throw malformed("what the file is a part of is out of range");
    }
  }

  private LogHeader readHeader() throws IOException {
    int length = length(ByteBuffer.wrap(exactly(Integer.BYTES)), LogFormat.MAX_HEADER_BYTES);
    byte[] fields = exactly(length);
    int crc = ByteBuffer.wrap(exactly(Integer.BYTES)).getInt();
    if (crc != LogFileWriter.crc(fields, length)) {
      throw mismatch(ChecksumMismatch.Part.HEADER);
    }
    ByteReader reader = new ByteReader(fields, 0, length, 0);
    String name = reader.string(LogFileLimits.NAME_BYTES);
    long origin = reader.i64();
    String exporter = reader.string(LogFileLimits.NAME_BYTES);
    if (reader.hasRemaining()) {
      throw malformed("the header is too long");
    }
    return new LogHeader(name, origin, exporter);
  }

  public LogHeader header() {
    return header;
  }

  /** What the file is a part of; empty if it has the log from its first event on. */
  public Optional<PartOfLog> part() {
    return Optional.ofNullable(part);
  }

  /**
   * The next record, behind the records the next note. After the last one every call gives {@link
   * LogEnd}.
   *
   * @throws LogFileException if the file is damaged; every later call throws it too
   */
  public LogItem next() throws IOException {
    if (failed != null) {
      throw failed;
    }
    try {
      return read();
    } catch (LogFileException e) {
      failed = e;
      throw e;
    }
  }

  private LogItem read() throws IOException {
    ByteReader current = block;
    while (end == null && (current == null || !current.hasRemaining())) {
      current = nextBlock();
      block = current;
    }
    LogEnd reached = end;
    if (reached != null || current == null) {
      return endOf(reached);
    }
    return inNotes ? note(current) : record(current);
  }

  private LogEnd endOf(@Nullable LogEnd reached) throws LogFileException {
    if (reached == null) {
      throw truncated();
    }
    return reached;
  }

  private LogRecord record(ByteReader from) throws LogFileException {
    ByteReader reader = new ByteReader(raw, from.position(), from.end(), records);
    long sequence = reader.varint();
    long offset = lastOffset + reader.zigzag();
    long type = reader.varint();
    long cause = reader.varint() - 1;
    String subject = reader.string(LogFileLimits.SUBJECT_BYTES);
    byte[] payload = reader.block(LogFileLimits.PAYLOAD_BYTES);
    byte[] hash = reader.raw(LogFormat.HASH_BYTES);
    if (nextSequence >= 0 && sequence != nextSequence) {
      throw new LogFileException(new LogFileFailure.OutOfOrder(nextSequence, sequence));
    }
    if (type < 1 || type > LogFileLimits.MAX_TYPE) {
      throw malformed("a record has type " + type);
    }
    if (sequence < 0
        || sequence == Long.MAX_VALUE
        || cause < LogRecord.NO_CAUSE
        || cause == Long.MAX_VALUE) {
      throw malformed("a sequence is out of range");
    }
    block = reader;
    records++;
    nextSequence = sequence + 1;
    lastOffset = offset;
    lastHash = hash;
    return new LogRecord(sequence, offset, (int) type, cause, subject, payload, hash);
  }

  private LogNote note(ByteReader from) throws LogFileException {
    ByteReader reader = new ByteReader(raw, from.position(), from.end(), records);
    long sequence = reader.varint();
    long offset = reader.zigzag();
    String author = reader.string(LogFileLimits.SUBJECT_BYTES);
    String bookmark = reader.string(LogFileLimits.NAME_BYTES);
    String text = reader.string(LogFileLimits.NOTE_BYTES);
    // A note may be about the state with which a part begins.
    long first = part == null ? 0 : part.firstSequence() - 1;
    if (sequence < first || sequence >= nextSequence) {
      throw malformed(
          "a note is about record %d, which the file does not have".formatted(sequence));
    }
    notes++;
    if (notes > LogFileLimits.NOTES) {
      throw new LogFileException(new LogFileFailure.Oversized(records, notes, LogFileLimits.NOTES));
    }
    block = reader;
    return new LogNote(sequence, offset, author, bookmark, text);
  }

  private @Nullable ByteReader nextBlock() throws IOException {
    byte[] kind = body(1);
    return switch (kind[0]) {
      case LogFormat.BLOCK_RECORDS -> {
        if (inNotes) {
          throw malformed("records follow the notes");
        }
        yield compressedBlock();
      }
      case LogFormat.BLOCK_NOTES -> {
        if (version < LogFormat.NOTES_VERSION) {
          throw malformed("a file of version %d has no notes".formatted(version));
        }
        inNotes = true;
        yield compressedBlock();
      }
      case LogFormat.BLOCK_TRAILER -> {
        end = trailer();
        yield null;
      }
      default -> throw malformed("a block of unknown kind " + (kind[0] & 0xff));
    };
  }

  private ByteReader compressedBlock() throws IOException {
    ByteBuffer head = ByteBuffer.wrap(body(BLOCK_HEAD_BYTES));
    int rawLength = length(head, LogFormat.MAX_BLOCK_BYTES);
    int storedLength = length(head, (int) Zstd.compressBound(LogFormat.MAX_BLOCK_BYTES));
    int crc = head.getInt();
    if (rawLength == 0) {
      throw malformed("an empty block");
    }
    byte[] stored = body(storedLength);
    if (raw.length < rawLength) {
      raw = new byte[rawLength];
    }
    if (!decompressed(stored, rawLength) || crc != LogFileWriter.crc(raw, rawLength)) {
      throw mismatch(ChecksumMismatch.Part.BLOCK);
    }
    return new ByteReader(raw, 0, rawLength, records);
  }

  private boolean decompressed(byte[] stored, int rawLength) {
    try {
      return Zstd.decompressByteArray(raw, 0, rawLength, stored, 0, stored.length) == rawLength;
    } catch (ZstdException damaged) {
      return false;
    }
  }

  private LogEnd trailer() throws IOException {
    ByteBuffer trailer = ByteBuffer.wrap(body(TRAILER_BYTES));
    long count = trailer.getLong();
    byte[] hash = new byte[LogFormat.HASH_BYTES];
    trailer.get(hash);
    byte[] expected = digest.digest();
    if (!MessageDigest.isEqual(expected, exactly(LogFormat.DIGEST_BYTES))) {
      throw mismatch(ChecksumMismatch.Part.BODY);
    }
    if (count != records || !Arrays.equals(hash, lastHash)) {
      throw malformed("the trailer does not belong to these records");
    }
    if (in.read() >= 0) {
      throw malformed("something follows the end");
    }
    return new LogEnd(count, hash);
  }

  private byte[] body(int length) throws IOException {
    byte[] bytes = exactly(length);
    digest.update(bytes);
    return bytes;
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw truncated();
    }
    return bytes;
  }

  private int length(ByteBuffer from, int limit) throws LogFileException {
    long length = from.getInt() & 0xffff_ffffL;
    if (length > limit) {
      throw new LogFileException(new LogFileFailure.Oversized(records, length, limit));
    }
    return (int) length;
  }

  private LogFileException truncated() {
    return new LogFileException(new LogFileFailure.Truncated(records));
  }

  private LogFileException mismatch(ChecksumMismatch.Part part) {
    return new LogFileException(new ChecksumMismatch(part, records));
  }

  private LogFileException malformed(String what) {
    return new LogFileException(new LogFileFailure.Malformed(records, what));
  }
}
