package io.vsmmu.recordings.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class LogFileTest {

  @Test
  void what_is_written_is_read_back_and_writes_the_same_bytes_again() throws IOException {
    for (long seed = 0; seed < 40; seed++) {
      List<LogRecord> records = LogFiles.random(seed, (int) (seed * 13 % 400));
      byte[] file = LogFiles.write(LogFiles.HEADER, records);

      List<LogRecord> read = new ArrayList<>();
      LogEnd end = LogFiles.read(file, read);

      assertThat(read).as("seed %d", seed).isEqualTo(records);
      assertThat(end.count()).isEqualTo(records.size());
      assertThat(LogFiles.header(file)).isEqualTo(LogFiles.HEADER);
      assertThat(LogFiles.write(LogFiles.header(file), read)).isEqualTo(file);
    }
  }

  @Test
  void two_imports_of_a_recording_differ_in_the_header_only() {
    List<LogRecord> records = LogFiles.random(3, 500);
    byte[] one = LogFiles.write(LogFiles.HEADER, records);
    byte[] other = LogFiles.write(new LogHeader("guest-8", 77, "vsmmu 0.2.0"), records);

    int header = LogFiles.headerBytes();
    assertThat(one).isNotEqualTo(other);
    assertThat(Arrays.copyOfRange(one, header, one.length))
        .isEqualTo(Arrays.copyOfRange(other, header, other.length));
  }

  @Test
  void the_end_is_given_again_and_again() throws IOException {
    byte[] file = LogFiles.write(LogFiles.HEADER, List.of(LogFiles.record(0)));
    LogFileReader reader = new LogFileReader(new ByteArrayInputStream(file));

    assertThat(reader.next()).isEqualTo(LogFiles.record(0));
    LogItem end = reader.next();
    assertThat(end).isEqualTo(new LogEnd(1, LogFiles.record(0).hash()));
    assertThat(reader.next()).isSameAs(end);
  }

  @Test
  void the_longest_record_fits() throws IOException {
    LogRecord longest =
        new LogRecord(
            0,
            0,
            1,
            -1,
            "s".repeat(LogFileLimits.SUBJECT_BYTES),
            new byte[LogFileLimits.PAYLOAD_BYTES],
            new byte[32]);
    List<LogRecord> read = new ArrayList<>();

    LogFiles.read(LogFiles.write(LogFiles.HEADER, List.of(longest)), read);

    assertThat(read).containsExactly(longest);
  }

  @Test
  void an_unfinished_file_has_no_end() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogFileWriter writer = new LogFileWriter(out, LogFiles.HEADER);
    writer.write(LogFiles.record(0));

    assertThat(LogFiles.failure(out.toByteArray())).isEqualTo(new LogFileFailure.Truncated(0));
  }

  @Test
  void the_writer_refuses_what_readers_would() throws IOException {
    LogFileWriter writer = new LogFileWriter(OutputStream.nullOutputStream(), LogFiles.HEADER);
    writer.write(LogFiles.record(5));

    assertThatThrownBy(() -> writer.write(LogFiles.record(7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("record 7 does not follow 5");
    assertThatThrownBy(
            () ->
                writer.write(
                    new LogRecord(
                        6, 0, 1, -1, "", new byte[LogFileLimits.PAYLOAD_BYTES + 1], new byte[32])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                writer.write(
                    new LogRecord(6, 0, 1, -1, "s".repeat(1025), new byte[0], new byte[32])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> writer.write(new LogRecord(6, 0, 1, -1, "\ud800", new byte[0], new byte[32])))
        .isInstanceOf(IllegalArgumentException.class);
    writer.write(LogFiles.record(6));
    writer.finish();
    assertThatThrownBy(() -> writer.write(LogFiles.record(7)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void notes_are_read_back_behind_the_records_and_write_the_same_bytes_again() throws IOException {
    List<LogRecord> records = new ArrayList<>();
    for (long sequence = 0; sequence < 50; sequence++) {
      records.add(LogFiles.record(sequence));
    }
    for (long seed = 0; seed < 40; seed++) {
      List<LogNote> notes = LogFiles.randomNotes(seed, records.size(), (int) (seed * 13 % 400));
      byte[] file = LogFiles.write(LogFiles.HEADER, records, notes);

      List<LogRecord> read = new ArrayList<>();
      List<LogNote> readNotes = new ArrayList<>();
      LogEnd end = LogFiles.read(file, read, readNotes);

      assertThat(read).as("seed %d", seed).isEqualTo(records);
      assertThat(readNotes).as("seed %d", seed).isEqualTo(notes);
      assertThat(end.count()).isEqualTo(records.size());
      assertThat(LogFiles.write(LogFiles.header(file), read, readNotes)).isEqualTo(file);
    }
  }

  @Test
  void a_note_about_a_record_that_the_file_does_not_have_is_malformed() throws IOException {
    byte[] file =
        LogFiles.write(
            LogFiles.HEADER,
            List.of(LogFiles.record(0)),
            List.of(new LogNote(1, 0, "local", "", "behind the end")));

    assertThat(LogFiles.failure(file)).isInstanceOf(LogFileFailure.Malformed.class);
  }

  @Test
  void a_changed_byte_of_a_note_fails_a_checksum() throws IOException {
    List<LogNote> notes = List.of(new LogNote(0, 0, "local", "", "as it was written"));
    byte[] file = LogFiles.write(LogFiles.HEADER, List.of(LogFiles.record(0)), notes);
    int trailer = 41 + LogFormat.DIGEST_BYTES;
    byte[] damaged = file.clone();
    damaged[file.length - trailer - 3] ^= 1;

    assertThat(LogFiles.failure(damaged)).isInstanceOf(LogFileFailure.ChecksumMismatch.class);
  }

  @Test
  void a_file_of_version_1_has_no_notes_and_more_than_the_limit_are_not_written()
      throws IOException {
    List<LogNote> notes = List.of(new LogNote(0, 0, "local", "", "text"));
    byte[] file = LogFiles.write(LogFiles.HEADER, List.of(LogFiles.record(0)), notes);
    file[LogFormat.MAGIC.length + 1] = 1;

    assertThat(LogFiles.failure(file)).isInstanceOf(LogFileFailure.Malformed.class);
    List<LogNote> many = Collections.nCopies(LogFileLimits.NOTES + 1, notes.getFirst());
    assertThatThrownBy(() -> LogFiles.write(LogFiles.HEADER, List.of(), many))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The file was written by the first version of the format and must stay readable for ever. */
  @Test
  void format_version_1_is_readable() throws IOException {
    byte[] golden = golden("/golden-v1.vsmmulog");
    List<LogRecord> read = new ArrayList<>();
    LogEnd end = LogFiles.read(golden, read);

    assertThat(LogFiles.header(golden)).isEqualTo(LogFiles.HEADER);
    assertThat(end.count()).isEqualTo(40);
    assertThat(read).isEqualTo(LogFiles.random(1, 40));
  }

  /** The file was written by the first program that knew notes. */
  @Test
  void format_version_2_is_readable() throws IOException {
    List<LogRecord> read = new ArrayList<>();
    List<LogNote> notes = new ArrayList<>();

    LogFiles.read(golden("/golden-v2.vsmmulog"), read, notes);

    assertThat(read).containsExactly(LogFiles.record(0), LogFiles.record(1));
    assertThat(notes).isEqualTo(LogFiles.randomNotes(2, 2, 20));
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = LogFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
