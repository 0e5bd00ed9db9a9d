package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any bits at all: a failure names the seed that repeats it. */
@Tag("slow")
class RandomEntriesTest {

  private static final int ENTRIES = 1_000_000;

  private static final String SEED_PROPERTY = "vsmmu.test.seed";

  private static void forRandomWords(int rounds, Consumer<SplittableRandom> rule) {
    long seed = Long.getLong(SEED_PROPERTY, new SplittableRandom().nextLong());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < rounds; i++) {
      try {
        rule.accept(random);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("round " + i + ", repeat with -D" + SEED_PROPERTY + "=" + seed, e);
      }
    }
  }

  /** Half of them with an architected opcode. */
  private static CommandEntry entry(SplittableRandom random) {
    long word0 = random.nextLong();
    CommandOpcode[] opcodes = CommandOpcode.values();
    if (random.nextBoolean()) {
      word0 = (word0 & ~0xffL) | opcodes[random.nextInt(opcodes.length)].code();
    }
    return new CommandEntry(word0, random.nextLong());
  }

  @Test
  void decoding_a_million_random_entries_never_throws_and_is_stable() {
    forRandomWords(
        ENTRIES,
        random -> {
          CommandEntry entry = entry(random);
          SmmuCommand command = SmmuCommand.decode(entry);
          CommandEntry again = command.encode();
          if (!SmmuCommand.decode(again).equals(command)) {
            throw new AssertionError(entry + " decodes to " + command + ", encodes to " + again);
          }
          if (!(command instanceof SmmuCommand.Unsupported) && again.reservedBitsSet()) {
            throw new AssertionError(again + " has reserved bits");
          }
        });
  }

  @Test
  void encoding_keeps_exactly_the_specified_bits() {
    forRandomWords(
        ENTRIES / 10,
        random -> {
          CommandEntry entry = entry(random);
          CommandEntry again = SmmuCommand.decode(entry).encode();
          if (SmmuCommand.decode(entry) instanceof SmmuCommand.Unsupported) {
            assertThat(again).isEqualTo(entry);
          } else {
            CommandOpcode opcode = entry.command().orElseThrow();
            assertThat(again.word0()).isEqualTo(entry.word0() & ~opcode.fields().reservedMask(0));
            assertThat(again.word1()).isEqualTo(entry.word1() & ~opcode.fields().reservedMask(1));
          }
        });
  }

  @Test
  void covered_ranges_of_random_commands_are_never_empty() {
    forRandomWords(
        ENTRIES / 10,
        random -> {
          switch (SmmuCommand.decode(entry(random))) {
            case TlbInvalidation.Va va -> assertStartsAt(va.range());
            case TlbInvalidation.Vaa vaa -> assertStartsAt(vaa.range());
            case AtsCommand.AtcInvalidate atc ->
                assertThat(atc.address())
                    .usingComparator(Long::compareUnsigned)
                    .isBetween(atc.covered().first(), atc.covered().last());
            case ConfigInvalidation.SteRange range ->
                assertThat(range.covers(range.sid())).isTrue();
            default -> {}
          }
        });
  }

  private static void assertStartsAt(InvalidationRange range) {
    assertThat(range.covered(true).first()).isEqualTo(range.address());
    assertThat(range.covered(false).first()).isEqualTo(range.address());
  }

  @Test
  void random_stes_decode_and_survive_their_bytes() {
    forRandomWords(
        ENTRIES / 20,
        random -> {
          long[] words = random.longs(8).toArray();
          StreamTableEntry ste = StreamTableEntry.of(words);
          assertThat(StreamTableEntry.read(ByteBuffer.wrap(ste.toBytes()))).isEqualTo(ste);
          assertThat(ste.decoded()).hasSize(SteFields.TABLE.fields().size());
          assertThat(ste.config()).isNotNull();
        });
  }

  @Test
  void random_event_records_decode_and_survive_their_bytes() {
    forRandomWords(
        ENTRIES / 20,
        random -> {
          EventRecord record =
              new EventRecord(
                  random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
          assertThat(EventRecord.fromBytes(record.toBytes())).isEqualTo(record);
          assertThat(record.decoded()).containsKeys("Type", "StreamID");
          assertThat(record.with(EventFields.STREAM_ID, 7).sid()).isEqualTo(7);
        });
  }

  @Test
  void any_register_values_give_a_stream_table() {
    forRandomWords(
        ENTRIES / 10,
        random -> {
          IdRegisters ids = IdRegisters.DEFAULT.with(IdField.SIDSIZE, random.nextInt(33));
          StreamTableGeometry geometry =
              StreamTableGeometry.of(random.nextLong(), random.nextInt(), ids);
          int sid = random.nextInt();
          boolean bad = geometry.locate(sid) instanceof StreamTableGeometry.BadStreamId;
          assertThat(bad).isEqualTo(!geometry.covers(sid));
          assertThat(geometry.locate(sid, random.nextLong())).isNotNull();
        });
  }

  @Test
  void any_offset_and_size_give_a_register_access_or_nothing() {
    forRandomWords(
        ENTRIES / 10,
        random -> {
          int offset = random.nextInt(0x20000);
          int bytes = 1 << random.nextInt(4);
          Register.at(offset, bytes)
              .ifPresent(
                  access -> {
                    assertThat(access.widthBits()).isEqualTo(bytes * 8);
                    assertThat(access.register().offset() + access.shift() / 8).isEqualTo(offset);
                  });
          assertThat(Register.at(random.nextInt(), random.nextInt())).isNotNull();
        });
  }

  @Test
  void queue_pointers_count_what_was_advanced() {
    forRandomWords(
        ENTRIES / 10,
        random -> {
          QueuePointer cons = QueuePointer.normalise(random.nextInt(), random.nextInt(20));
          int entries = random.nextInt(cons.size() + 1);
          QueuePointer prod = cons.advance(entries);
          assertThat(prod.distanceFrom(cons)).isEqualTo(entries);
          assertThat(prod.emptyFor(cons)).isEqualTo(entries == 0);
          assertThat(prod.fullFor(cons)).isEqualTo(entries == cons.size());
          assertThat(prod.consistentWith(cons)).isTrue();
        });
  }
}
