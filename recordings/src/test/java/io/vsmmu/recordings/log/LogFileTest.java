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

  /** The file was written by the first version of the format and must stay readable for ever. */
  @Test
  void format_version_1_is_readable() throws IOException {
    byte[] golden;
    try (InputStream in = LogFileTest.class.getResourceAsStream("/golden-v1.vsmmulog")) {
      golden = in.readAllBytes();
    }
    List<LogRecord> read = new ArrayList<>();
    LogEnd end = LogFiles.read(golden, read);

    assertThat(LogFiles.header(golden)).isEqualTo(LogFiles.HEADER);
    assertThat(end.count()).isEqualTo(40);
    assertThat(read).isEqualTo(LogFiles.random(1, 40));
  }
}
