package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that earlier versions exported. */
class StoredLogBytesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/samples/lab-qemu-11.1-linux-7.3-e1000e.vsmmulog",
        "/samples/live-qemu-11.1-linux-7.3-passthrough.vsmmulog",
        "/logs/lab-2026-11-22.vsmmulog"
      })
  void every_event_of_a_stored_log_is_written_as_the_bytes_that_it_was_read_from(String log)
      throws IOException {
    int events = 0;
    try (InputStream in =
        new BufferedInputStream(StoredLogBytesTest.class.getResourceAsStream(log))) {
      LogFileReader reader = new LogFileReader(in);
      while (reader.next() instanceof LogRecord record) {
        byte[] again = EventCodec.encode(EventCodec.decode(record.type(), record.payload()));

        assertThat(again)
            .as("record %d, %s", record.sequence(), EventCodec.nameOf(record.type()))
            .isEqualTo(record.payload());
        events++;
      }
    }
    assertThat(events).isGreaterThan(1_000);
  }
}
