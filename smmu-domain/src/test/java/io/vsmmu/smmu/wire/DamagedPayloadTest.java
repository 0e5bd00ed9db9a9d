package io.vsmmu.smmu.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class DamagedPayloadTest {

  private static final int RANDOM_PAYLOADS = 5_000;
  private static final int MAX_RANDOM_BYTES = 80;
  private static final int DAMAGED_EVENTS = 20;

  @ParameterizedTest
  @EnumSource
  void random_bytes_are_an_event_or_malformed(EventKind kind) {
    Random random = new Random(kind.number());
    for (int i = 0; i < RANDOM_PAYLOADS; i++) {
      byte[] payload = new byte[random.nextInt(MAX_RANDOM_BYTES)];
      random.nextBytes(payload);
      if (payload.length > 0) {
        payload[0] = 1;
      }
      eventOrMalformed(kind.number(), payload);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_truncated_payload_is_an_event_or_malformed(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    for (int i = 0; i < DAMAGED_EVENTS; i++) {
      byte[] payload = EventCodec.encode(events.next(kind));
      for (int length = 0; length < payload.length; length++) {
        eventOrMalformed(kind.number(), Arrays.copyOf(payload, length));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_flipped_bit_gives_an_event_or_malformed(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    for (int i = 0; i < DAMAGED_EVENTS; i++) {
      byte[] payload = EventCodec.encode(events.next(kind));
      for (int bit = 0; bit < payload.length * Byte.SIZE; bit++) {
        byte[] damaged = payload.clone();
        damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        eventOrMalformed(kind.number(), damaged);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "VSMMU_PAUSED,         '',                       '',  a number ends early",
    "VSMMU_PAUSED,         00,                       '',  revision 0",
    "VSMMU_PAUSED,         02,                       '',  a revision of a later version",
    "VSMMU_RESET,          01 08,                    1,   a value is missing",
    "VSMMU_RESET,          01 08 02,                 1,   no such constant",
    "VSMMU_RESET,          01 0a 00,                 1,   bytes instead of a number",
    "VSMMU_RESET,          01 0b,                    1,   no such wire type",
    "VSMMU_RESET,          01 00,                    '',  field 0",
    "HOST_FAILED,          01 10 02,                 2,   neither true nor false",
    "COMMANDS_CONSUMED,    01 1a ff ff ff ff 07,     3,   a length of 2 GiB",
    "COMMANDS_CONSUMED,    01 1a ff ff ff ff ff ff ff ff ff 01, 3, a negative length",
    "COMMANDS_CONSUMED,    01 1a 01 00,              3,   a broken entry",
    "COMMANDS_CONSUMED,    01 38 01,                 7,   more consumed than there is",
    "HOST_OUTCOME_REPORTED,01 12 02 08 63,           2.1, no such constant in a nested message",
    "HOST_OUTCOME_REPORTED,01 12 02 1a 00,           2.3, bytes instead of a number",
    "REGISTER_WRITTEN,     01 32 03 08 a4 01,        6.1, no register there",
    "REGISTER_WRITTEN,     01 32 06 08 ff ff ff ff 0f, 6.1, no register there either",
    "STREAM_CONFIGURED,    01 22 01 00,              4,   a broken STE",
    "RECORDING_FINISHED,   01 12 01 ff,              2,   not UTF-8",
    "TRANSLATION_OBSERVED, 01 08 ff ff ff ff ff 01,  1,   more than 32 bits",
    "TRANSLATION_OBSERVED, 01 18 ff ff ff ff ff ff ff ff ff ff ff, 3, more than 64 bits"
  })
  void damage_is_named(EventKind kind, String hex, String field, String damage) {
    byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));

    Throwable thrown = catchThrowable(() -> EventCodec.decode(kind.number(), payload));

    assertThat(thrown).as(damage).isInstanceOf(MalformedEventException.class);
    MalformedEventException malformed = (MalformedEventException) thrown;
    assertThat(malformed.type()).isEqualTo(kind.label());
    assertThat(malformed.field()).as(damage).isEqualTo(field);
    assertThat(malformed.offset()).isBetween(0, payload.length);
  }

  @Test
  void a_field_of_a_later_version_is_passed_over() {
    // given a varint, eight bytes, and a block of fields 100 to 102
    String later = "a006 05" + "a906 0102030405060708" + "b206 02 ffff";
    byte[] payload = HexFormat.of().parseHex(("01 08 06" + later + "18 01").replace(" ", ""));

    VsmmuEvent event = EventCodec.decode(EventKind.HOST_OUTCOME_REPORTED.number(), payload);

    assertThat(event).isEqualTo(new HostOutcomeReported(3, java.util.List.of(), true, 0));
  }

  @Test
  void an_event_without_fields_may_get_some() {
    byte[] payload = HexFormat.of().parseHex("010805");

    assertThat(EventCodec.decode(EventKind.VSMMU_DELETED.number(), payload))
        .isEqualTo(new VsmmuDeleted());
  }

  @Test
  void a_type_nobody_has_is_malformed() {
    assertThatThrownBy(() -> EventCodec.decode(777, new byte[] {1}))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("UNKNOWN_777");
    assertThatThrownBy(() -> EventCodec.decode(SnapshotCodec.TYPE, new byte[] {1}))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("StateSnapshot");
  }

  /** Decodes, and folds and decides again what came out: damage must not reach further. */
  private static void eventOrMalformed(int type, byte[] payload) {
    VsmmuEvent event;
    try {
      event = EventCodec.decode(type, payload);
    } catch (MalformedEventException expected) {
      return;
    }
    assertThat(EventCodec.decode(type, EventCodec.encode(event))).isEqualTo(event);
    long events = event instanceof PartImported part ? ((VsmmuState) part.state()).events() : 1;
    assertThat(Vsmmu.evolve(VsmmuState.ABSENT, event).events()).isEqualTo(events);
    if (event instanceof StimulusEvent recorded) {
      assertThat(recorded.stimulus()).isNotNull();
    }
  }
}
