package io.vsmmu.smmu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.CommandEntry;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class EventRoundTripTest {

  private static final int EVENTS_PER_TYPE = 2_000;

  /** What the payload of a slice of up to 64 entries may add to the raw 16 bytes of each. */
  private static final int SLICE_OVERHEAD_BYTES = 40;

  @ParameterizedTest
  @EnumSource
  void every_event_comes_back_as_it_was(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    for (int i = 0; i < EVENTS_PER_TYPE; i++) {
      VsmmuEvent event = events.next(kind);

      VsmmuEvent back = EventCodec.decode(EventCodec.typeOf(event), EventCodec.encode(event));

      assertThat(back).isEqualTo(event);
      assertThat(EventCodec.typeOf(event)).isEqualTo(kind.number());
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_read_is_written_as_the_same_bytes(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    for (int i = 0; i < EVENTS_PER_TYPE; i++) {
      byte[] payload = EventCodec.encode(events.next(kind));

      VsmmuEvent event = EventCodec.decode(kind.number(), payload);

      assertThat(EventCodec.encode(event)).isEqualTo(payload);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fields_are_read_in_any_order_and_beside_unknown_ones(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    Random random = new Random(kind.number());
    for (int i = 0; i < EVENTS_PER_TYPE; i++) {
      VsmmuEvent event = events.next(kind);
      byte[] payload = EventCodec.encode(event);

      byte[] shuffled = new RawFields(payload).shuffled(random);

      assertThat(EventCodec.decode(kind.number(), shuffled))
          .as("%s, event %d, payload %s", kind, i, HexFormat.of().formatHex(shuffled))
          .isEqualTo(event);
    }
  }

  @Test
  void of_a_field_that_occurs_twice_the_last_value_counts() {
    // given uid 3, pid 1, pid 2
    byte[] payload = {1, 0x10, 3, 0x08, 1, 0x08, 2};

    assertThat(EventCodec.decode(EventKind.VMM_CONNECTED.number(), payload))
        .isEqualTo(new VmmConnected(2, 3));
  }

  @ParameterizedTest
  @EnumSource
  void a_reused_writer_gives_the_same_bytes(EventKind kind) {
    RandomEvents events = new RandomEvents(kind.number());
    WireWriter out = new WireWriter();
    for (int i = 0; i < 100; i++) {
      VsmmuEvent event = events.next(kind);
      out.reset();

      EventCodec.encode(event, out);

      assertThat(out.toBytes()).isEqualTo(EventCodec.encode(event)).hasSize(out.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void names_are_those_of_the_event_classes(EventKind kind) {
    VsmmuEvent event = new RandomEvents(1).next(kind);

    assertThat(EventCodec.nameOf(kind.number())).isEqualTo(event.getClass().getSimpleName());
  }

  @Test
  void every_permitted_class_has_a_type() {
    int classes = permitted(VsmmuEvent.class);

    assertThat(Arrays.stream(EventKind.values()).map(EventKind::number).sorted().toList())
        .hasSize(classes)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, classes).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 4096})
  void a_slice_costs_little_more_than_its_entries(int entries) {
    CommandsConsumed slice = fullSlice(entries);

    int payload = EventCodec.encode(slice).length;

    int forwardedBytes = entries <= 64 ? 0 : entries / Byte.SIZE;
    assertThat(payload - entries * CommandEntry.SIZE_BYTES)
        .isLessThan(SLICE_OVERHEAD_BYTES + forwardedBytes);
  }

  /** A wrapped queue of the largest size, CMDQ_CONS with an error code: the longest numbers. */
  private static CommandsConsumed fullSlice(int entries) {
    BitSet forwarded = new BitSet();
    forwarded.set(0, entries);
    long pointer = 0xF_FFFFL;
    return new CommandsConsumed(
        pointer,
        pointer,
        IntStream.range(0, entries)
            .mapToObj(i -> new CommandEntry(0x1234_0000_0012L, 0xFFFF_0000_0000_0000L + i))
            .toList(),
        List.of(),
        List.of(),
        true,
        entries,
        forwarded,
        true,
        pointer,
        0x0100_0000L | pointer,
        Optional.empty());
  }

  private static int permitted(Class<?> type) {
    Class<?>[] permitted = type.getPermittedSubclasses();
    return permitted == null
        ? 1
        : java.util.Arrays.stream(permitted).mapToInt(EventRoundTripTest::permitted).sum();
  }
}
