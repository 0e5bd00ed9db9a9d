package io.vsmmu.recordings.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.recordings.log.LogFileFailure.ChecksumMismatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class LogFileDamageTest {

  private static final List<LogRecord> RECORDS = LogFiles.random(7, 200);
  private static final byte[] FILE = LogFiles.write(LogFiles.HEADER, RECORDS);

  @Test
  void another_format_is_named() throws IOException {
    assertThat(LogFiles.failure(new byte[0])).isEqualTo(new LogFileFailure.NotThisFormat());
    assertThat(LogFiles.failure("smmuv3_read_mmio".getBytes()))
        .isEqualTo(new LogFileFailure.NotThisFormat());
  }

  @Test
  void a_newer_version_is_named_with_both_versions() throws IOException {
    byte[] newer = FILE.clone();
    newer[9] = 4;
    assertThat(LogFiles.failure(newer)).isEqualTo(new LogFileFailure.NewerVersion(4, 3));
    newer[8] = 1;
    assertThat(LogFiles.failure(newer)).isEqualTo(new LogFileFailure.NewerVersion(260, 3));
    newer[8] = 0;
    newer[9] = 0;
    assertThat(LogFiles.failure(newer)).isInstanceOf(LogFileFailure.Malformed.class);
  }

  @Test
  void a_file_cut_anywhere_is_truncated_and_gives_only_true_records() {
    for (int length = LogFormat.MAGIC.length; length < FILE.length; length += cutStep(length)) {
      List<LogRecord> read = new ArrayList<>();
      LogFileFailure failure = readFailing(Arrays.copyOf(FILE, length), read);

      assertThat(failure)
          .as("cut at %d", length)
          .isEqualTo(new LogFileFailure.Truncated(read.size()));
      assertThat(read).isEqualTo(RECORDS.subList(0, read.size()));
    }
  }

  @Test
  void a_changed_byte_anywhere_never_gives_a_changed_record_or_an_end() {
    int header = LogFiles.headerBytes();
    for (int at = 0; at < FILE.length; at += cutStep(at)) {
      byte[] damaged = FILE.clone();
      damaged[at] ^= 0x10;
      List<LogRecord> read = new ArrayList<>();

      LogFileFailure failure = readFailing(damaged, read);

      assertThat(read).as("changed at %d", at).isEqualTo(RECORDS.subList(0, read.size()));
      assertThat(failure).isNotNull();
      if (at > header + 13 && at < FILE.length - LogFormat.DIGEST_BYTES - 41) {
        assertThat(failure)
            .as("changed at %d", at)
            .isInstanceOfAny(
                ChecksumMismatch.class,
                LogFileFailure.Oversized.class,
                LogFileFailure.Truncated.class,
                LogFileFailure.Malformed.class);
      }
    }
  }

  @Test
  void a_changed_header_fails_its_checksum() throws IOException {
    byte[] damaged = FILE.clone();
    damaged[LogFormat.MAGIC.length + 6 + 2] ^= 1;

    assertThat(LogFiles.failure(damaged))
        .isEqualTo(new ChecksumMismatch(ChecksumMismatch.Part.HEADER, 0));
  }

  @Test
  void a_changed_block_fails_its_checksum() throws IOException {
    byte[] damaged = FILE.clone();
    damaged[LogFiles.headerBytes() + 12] ^= 1;

    assertThat(LogFiles.failure(damaged))
        .isEqualTo(new ChecksumMismatch(ChecksumMismatch.Part.BLOCK, 0));
  }

  @Test
  void a_changed_trailer_or_digest_fails_the_bodys_checksum() throws IOException {
    ChecksumMismatch body = new ChecksumMismatch(ChecksumMismatch.Part.BODY, RECORDS.size());
    byte[] damaged = FILE.clone();
    damaged[FILE.length - 1] ^= 1;
    assertThat(LogFiles.failure(damaged)).isEqualTo(body);

    damaged = FILE.clone();
    damaged[FILE.length - LogFormat.DIGEST_BYTES - 1] ^= 1;
    assertThat(LogFiles.failure(damaged)).isEqualTo(body);
  }

  @Test
  void bytes_after_the_end_are_damage() throws IOException {
    assertThat(LogFiles.failure(Arrays.copyOf(FILE, FILE.length + 1)))
        .isEqualTo(new LogFileFailure.Malformed(RECORDS.size(), "something follows the end"));
  }

  @Test
  void a_record_out_of_order_is_named() throws IOException {
    ByteWriter raw = new ByteWriter(256);
    LogFiles.append(raw, LogFiles.record(4));
    LogFiles.append(raw, LogFiles.record(6));

    assertThat(LogFiles.failure(LogFiles.forge(LogFiles.bytes(raw), 2, LogFiles.record(6).hash())))
        .isEqualTo(new LogFileFailure.OutOfOrder(5, 6));
  }

  @Test
  void an_oversized_record_is_named_before_it_is_read() throws IOException {
    ByteWriter raw = new ByteWriter(256);
    LogFiles.append(raw, LogFiles.record(0));
    raw.varint(1);
    raw.zigzag(0);
    raw.varint(1);
    raw.varint(0);
    raw.string("", 16);
    raw.varint(1L << 40);

    assertThat(LogFiles.failure(LogFiles.forge(LogFiles.bytes(raw), 2, new byte[32])))
        .isEqualTo(new LogFileFailure.Oversized(1, 1L << 40, LogFileLimits.PAYLOAD_BYTES));
  }

  @Test
  void an_oversized_block_is_named_before_memory_is_taken() throws IOException {
    byte[] damaged = FILE.clone();
    damaged[LogFiles.headerBytes() + 1] = 0x7f;

    assertThat(LogFiles.failure(damaged)).isInstanceOf(LogFileFailure.Oversized.class);
  }

  @Test
  void a_trailer_of_other_records_is_refused() throws IOException {
    ByteWriter raw = new ByteWriter(256);
    LogFiles.append(raw, LogFiles.record(0));

    assertThat(LogFiles.failure(LogFiles.forge(LogFiles.bytes(raw), 2, LogFiles.record(0).hash())))
        .isInstanceOf(LogFileFailure.Malformed.class);
    assertThat(LogFiles.failure(LogFiles.forge(LogFiles.bytes(raw), 1, hashOf(9))))
        .isInstanceOf(LogFileFailure.Malformed.class);
  }

  @Test
  void a_record_of_an_impossible_type_or_cut_within_its_block_is_malformed() throws IOException {
    ByteWriter raw = new ByteWriter(256);
    LogFiles.append(raw, LogFiles.record(0));
    byte[] cut = Arrays.copyOf(LogFiles.bytes(raw), raw.size() - 1);
    assertThat(LogFiles.failure(LogFiles.forge(cut, 1, hashOf(0))))
        .isEqualTo(new LogFileFailure.Malformed(0, "a record ends within a field"));

    byte[] typed = LogFiles.bytes(raw);
    typed[2] = 0;
    assertThat(LogFiles.failure(LogFiles.forge(typed, 1, hashOf(0))))
        .isEqualTo(new LogFileFailure.Malformed(0, "a record has type 0"));
  }

  private static byte[] hashOf(int sequence) {
    return LogFiles.record(sequence).hash();
  }

  /** Every offset near the structural fields, and samples of the rest. */
  private static int cutStep(int at) {
    return at < 120 || at > FILE.length - 120 ? 1 : Math.max(1, FILE.length / 400);
  }

  private static LogFileFailure readFailing(byte[] file, List<LogRecord> read) {
    try {
      LogEnd end = LogFiles.read(file, read);
      throw new AssertionError("read to its end: " + end);
    } catch (LogFileException e) {
      return e.failure();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
