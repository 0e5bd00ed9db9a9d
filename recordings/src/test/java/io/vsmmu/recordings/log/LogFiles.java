package io.vsmmu.recordings.log;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Log files for the tests: written by the writer, or assembled block by block. */
final class LogFiles {

  static final LogHeader HEADER = new LogHeader("guest-7", 1_767_225_600_000_000L, "vsmmu 0.1.0");

  private LogFiles() {}

  static byte[] write(LogHeader header, List<LogRecord> records) {
    return write(header, records, List.of());
  }

  static byte[] write(LogHeader header, List<LogRecord> records, List<LogNote> notes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      LogFileWriter writer = new LogFileWriter(out, header, notes);
      for (LogRecord record : records) {
        writer.write(record);
      }
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Reads a file; the records before its end or a failure are added to {@code records}. */
  static LogEnd read(byte[] file, List<LogRecord> records) throws IOException {
    return read(file, records, new ArrayList<>());
  }

  static LogEnd read(byte[] file, List<LogRecord> records, List<LogNote> notes) throws IOException {
    LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));
    while (true) {
      switch (reader.next()) {
        case LogRecord record -> records.add(record);
        case LogNote note -> notes.add(note);
        case LogEnd end -> {
          return end;
        }
      }
    }
  }

  static LogHeader header(byte[] file) throws IOException {
    return new LogFileReader(new ByteArrayInputStream(file)).header();
  }

  /** The failure that reading {@code file} ends with. */
  static LogFileFailure failure(byte[] file) throws IOException {
    try {
      LogEnd end = read(file, new ArrayList<>());
      throw new AssertionError("read to its end: " + end);
    } catch (LogFileException e) {
      return e.failure();
    }
  }

  static int headerBytes() {
    return write(HEADER, List.of()).length - 41 - LogFormat.DIGEST_BYTES;
  }

  /** A file with these raw bytes in one block and correct checksums. */
  static byte[] forge(byte[] rawBlock, long count, byte[] lastHash) {
    byte[] stored = Zstd.compress(rawBlock, LogFormat.ZSTD_LEVEL);
    ByteBuffer body = ByteBuffer.allocate(13 + stored.length + 41);
    body.put((byte) LogFormat.BLOCK_RECORDS).putInt(rawBlock.length).putInt(stored.length);
    body.putInt(LogFileWriter.crc(rawBlock, rawBlock.length)).put(stored);
    body.put((byte) LogFormat.BLOCK_TRAILER).putLong(count).put(lastHash);
    byte[] head = Arrays.copyOf(write(HEADER, List.of()), headerBytes());
    ByteBuffer file = ByteBuffer.allocate(head.length + body.capacity() + LogFormat.DIGEST_BYTES);
    file.put(head).put(body.array()).put(LogFormat.newDigest().digest(body.array()));
    return file.array();
  }

  static void append(ByteWriter out, LogRecord record) {
    out.varint(record.sequence());
    out.zigzag(record.offsetMicros());
    out.varint(record.type());
    out.varint(record.cause() + 1);
    out.string(record.subject(), 4096);
    out.varint(record.payload().length);
    out.raw(record.payload());
    out.raw(record.hash());
  }

  static byte[] bytes(ByteWriter writer) {
    return Arrays.copyOf(writer.array(), writer.size());
  }

  static LogRecord record(long sequence) {
    byte[] hash = new byte[32];
    Arrays.fill(hash, (byte) sequence);
    return new LogRecord(
        sequence, sequence * 10, 1 + (int) (sequence % 9), sequence - 1, "", new byte[20], hash);
  }

  /** Notes of all shapes about the first {@code records} records from 0 on. */
  static List<LogNote> randomNotes(long seed, int records, int count) {
    Random random = new Random(seed);
    List<LogNote> notes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      notes.add(
          new LogNote(
              random.nextInt(records),
              random.nextLong(),
              random.nextInt(4) == 0 ? "opérateur-" + random.nextInt() : "local",
              random.nextBoolean() ? "" : "bookmark-" + i,
              "n".repeat(random.nextInt(20) == 0 ? LogFileLimits.NOTE_BYTES : random.nextInt(80))));
    }
    return notes;
  }

  /** Records of all shapes; the same for the same seed. */
  static List<LogRecord> random(long seed, int count) {
    Random random = new Random(seed);
    List<LogRecord> records = new ArrayList<>();
    long first = random.nextInt(3) == 0 ? random.nextLong(1L << 40) : 0;
    for (int i = 0; i < count; i++) {
      byte[] payload =
          new byte[random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(80)];
      if (random.nextBoolean()) {
        random.nextBytes(payload);
      }
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      records.add(
          new LogRecord(
              first + i,
              random.nextInt(10) == 0 ? random.nextLong() : i * 37L,
              1 + random.nextInt(LogFileLimits.MAX_TYPE),
              random.nextBoolean() ? LogRecord.NO_CAUSE : random.nextLong(1L << 50),
              random.nextInt(4) == 0 ? "opérateur-" + random.nextInt() : "",
              payload,
              hash));
    }
    return records;
  }
}
