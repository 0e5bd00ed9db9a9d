package io.vsmmu.recordings.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files with a part of a log that does not begin with its first event. */
class PartOfLogTest {

  private static PartOfLog part(Random random, long sequence) {
    byte[] hash = new byte[LogFormat.HASH_BYTES];
    random.nextBytes(hash);
    byte[] state = new byte[random.nextInt(300_000)];
    random.nextBytes(state);
    return new PartOfLog(sequence, 1 + sequence * 3, 5000 + sequence * 3, 10_000, hash, 7, state);
  }

  private static byte[] write(PartOfLog part, int records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogFileWriter writer = new LogFileWriter(out, LogFiles.HEADER, List.of(), part);
    for (int i = 0; i < records; i++) {
      writer.write(LogFiles.record(part.firstSequence() + i));
    }
    writer.finish();
    return out.toByteArray();
  }

  @Test
  void what_the_file_is_a_part_of_is_read_back_before_its_records() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      PartOfLog part = part(new Random(seed), 1 + seed * 1000);
      byte[] file = write(part, (int) seed * 7);

      LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));
      List<LogRecord> read = new ArrayList<>();
      LogEnd end = LogFiles.read(file, read);

      assertThat(reader.part()).as("seed %d", seed).contains(part);
      assertThat(reader.header()).isEqualTo(LogFiles.HEADER);
      assertThat(read).hasSize((int) seed * 7);
      assertThat(end.count()).isEqualTo(read.size());
    }
  }

  @Test
  void a_log_from_its_first_event_on_is_no_part() throws IOException {
    byte[] file = LogFiles.write(LogFiles.HEADER, List.of(LogFiles.record(0)));

    assertThat(new LogFileReader(new ByteArrayInputStream(file)).part()).isEmpty();
    assertThat(file[9]).isEqualTo((byte) 1);
  }

  @Test
  void a_changed_or_missing_byte_never_gives_a_changed_part() throws IOException {
    PartOfLog part = part(new Random(3), 12);
    byte[] file = write(part, 20);
    for (int at = 0; at < file.length; at += 1 + file.length / 300) {
      byte[] damaged = file.clone();
      damaged[at] ^= 0x10;

      assertThat(partOrFailure(damaged)).as("changed at %d", at).isIn(part, null);
      assertThat(partOrFailure(Arrays.copyOf(file, at))).as("cut at %d", at).isIn(part, null);
    }
  }

  /** The part; null if the file cannot be read to its end. */
  private static PartOfLog partOrFailure(byte[] file) throws IOException {
    try {
      LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));
      LogFiles.read(file, new ArrayList<>());
      return reader.part().orElseThrow();
    } catch (LogFileException damaged) {
      return null;
    }
  }

  @Test
  void the_first_record_is_the_one_that_the_part_names() throws IOException {
    LogFileWriter writer =
        new LogFileWriter(
            OutputStream.nullOutputStream(), LogFiles.HEADER, List.of(), part(new Random(4), 12));

    assertThatThrownBy(() -> writer.write(LogFiles.record(13)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("record 13 does not follow 11");
  }

  @Test
  void a_part_that_begins_with_the_first_event_is_refused() {
    assertThatThrownBy(() -> new PartOfLog(0, 1, 1, 1, new byte[32], 1, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
