package io.vsmmu.smmu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads as logs hold them. Who breaks this test makes existing logs unreadable. */
class StoredPayloadsTest {

  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @EnumSource
  void stored_payloads_are_read_as_what_they_meant(EventKind kind) throws IOException {
    Map<String, byte[]> stored = stored(kind.label());
    Map<String, VsmmuEvent> expected = FixtureEvents.of(kind);

    assertThat(stored.keySet())
        .as("fixtures of %s; lines to store for what is missing:%n%s", kind, lines(expected))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    stored.forEach(
        (name, payload) ->
            assertThat(EventCodec.decode(kind.number(), payload))
                .as("%s %s", kind, name)
                .isEqualTo(expected.get(name)));
  }

  @ParameterizedTest
  @EnumSource
  void events_are_written_as_they_always_were(EventKind kind) throws IOException {
    Map<String, byte[]> stored = stored(kind.label());

    FixtureEvents.of(kind)
        .forEach(
            (name, event) ->
                assertThat(HEX.formatHex(EventCodec.encode(event)))
                    .as("%s %s", kind, name)
                    .isEqualTo(HEX.formatHex(stored.get(name))));
  }

  @Test
  void stored_snapshots_of_this_version_are_read_and_written_as_they_were() throws IOException {
    Map<String, byte[]> stored = stored(SnapshotCodec.NAME);
    Map<String, VsmmuState> expected = FixtureStates.all();

    assertThat(stored.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach(
        (name, state) -> {
          byte[] snapshot = stored.get(name);
          assertThat(snapshot).as("snapshot %s", name).startsWith(SnapshotCodec.VERSION);
          assertThat(SnapshotCodec.decode(snapshot)).contains(state);
          assertThat(HEX.formatHex(SnapshotCodec.encode(state))).isEqualTo(HEX.formatHex(snapshot));
        });
  }

  /** Lines {@code name<TAB>hex}; those that begin with # are for people. */
  private static Map<String, byte[]> stored(String type) throws IOException {
    String resource = "/wire/v1/" + type + ".txt";
    Map<String, byte[]> payloads = new LinkedHashMap<>();
    try (InputStream in = StoredPayloadsTest.class.getResourceAsStream(resource)) {
      assertThat(in).as("fixture %s", resource).isNotNull();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .forEach(columns -> payloads.put(columns[0], HEX.parseHex(columns[1])));
    }
    return payloads;
  }

  private static String lines(Map<String, VsmmuEvent> events) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(events)
        .forEach(
            (name, event) ->
                lines
                    .append(name)
                    .append('\t')
                    .append(HEX.formatHex(EventCodec.encode(event)))
                    .append('\n'));
    return lines.toString();
  }
}
