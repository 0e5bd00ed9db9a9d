package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.Register;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Lines, names and numbers are read as text libraries read them. */
class TraceTextTest {

  private static final long SEED = 20261130;

  @Test
  void a_number_has_the_value_that_its_digits_have_wherever_the_line_ends() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      // given
      int digits = random.nextInt(1, 19);
      long decimal = random.nextLong(0, (long) Math.pow(10, digits));
      String number =
          switch (random.nextInt(4)) {
            case 0 -> "0x" + Long.toHexString(decimal);
            case 1 -> "-" + decimal;
            default -> "0".repeat(random.nextInt(4)) + decimal;
          };
      String behind = List.of("", " ", ",1", " 99999999", ")8").get(random.nextInt(5));
      byte[] line = ("prod=" + number + behind).getBytes(StandardCharsets.US_ASCII);

      // when
      TraceFields fields = new TraceFields();
      fields.reset(line, 0, line.length);
      long read = fields.number(new FieldKey("prod="));

      // then
      assertThat(fields.complete()).as("seed %d: %s", SEED, number).isTrue();
      assertThat(read)
          .as(number)
          .isEqualTo(Long.decode(number.startsWith("0x") ? number : bare(number)));
    }
  }

  /** Without leading zeros, which would make it octal. */
  private static String bare(String number) {
    return number.replaceFirst("^0+(?=[0-9])", "");
  }

  @Test
  void a_number_with_another_character_among_its_digits_is_damaged() {
    for (int at = 0; at < 12; at++) {
      for (char other : new char[] {'/', ';', 'a', 'x', (char) 0xb5, (char) 0}) {
        byte[] line = "prod=123456789012 ".getBytes(StandardCharsets.ISO_8859_1);
        line[5 + at] = (byte) other;

        TraceFields fields = new TraceFields();
        fields.reset(line, 0, line.length);
        fields.number(new FieldKey("prod="));

        assertThat(fields.complete()).as("%d %c", at, other).isFalse();
      }
    }
  }

  @Test
  void every_event_and_every_opcode_is_found_by_its_name_and_by_no_other() {
    Map<String, Integer> names = new TreeMap<>();
    for (TraceEvent event : TraceEvent.values()) {
      names.put(event.eventName(), event.ordinal());
    }
    Random random = new Random(SEED);
    for (TraceEvent event : TraceEvent.values()) {
      byte[] name = event.eventName().getBytes(StandardCharsets.US_ASCII);
      assertThat(TraceEvent.of(name, 0, name.length)).isEqualTo(event);
      for (int at = 0; at < name.length; at++) {
        byte[] changed = name.clone();
        changed[at] = (byte) random.nextInt(256);
        String text = new String(changed, StandardCharsets.ISO_8859_1);
        TraceEvent found = TraceEvent.of(changed, 0, changed.length);
        assertThat(found == null ? null : (Integer) found.ordinal()).isEqualTo(names.get(text));
      }
    }
  }

  @Test
  void lines_are_those_between_newlines_however_the_stream_is_cut() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      // given
      List<String> lines = new ArrayList<>();
      for (int i = random.nextInt(200); i >= 0; i--) {
        lines.add(text(random, random.nextInt(10) == 0 ? 3000 : 30));
      }
      byte[] all = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);

      // when
      LineSource source = new LineSource(inPieces(all, random));
      List<String> read = new ArrayList<>();
      while (source.next()) {
        read.add(new String(source.copy(), StandardCharsets.ISO_8859_1));
      }

      // then
      assertThat(read).as("seed %d, round %d", SEED, round).isEqualTo(lines);
    }
  }

  /** Characters that are near a newline in some bit, but neither a newline nor a return. */
  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append("\u000b\u0008\u008a\u0000 ab\u00ff\u000e".charAt(random.nextInt(9)));
    }
    return text.toString();
  }

  private static InputStream inPieces(byte[] all, Random random) {
    return new ByteArrayInputStream(all) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(5000)));
      }
    };
  }

  @Test
  void owners_are_kept_in_order_however_many_come_and_go() {
    Random random = new Random(SEED);
    OwnerQueue queue = new OwnerQueue();
    List<Long> expected = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (expected.isEmpty() || random.nextInt(100) < (step < 10_000 ? 52 : 48)) {
        long owner = random.nextLong(-2, 5);
        queue.add(owner);
        expected.add(owner);
      } else if (random.nextInt(4) == 0) {
        int at = random.nextInt(expected.size());
        queue.set(at, step);
        expected.set(at, (long) step);
      } else {
        queue.removeFirst();
        expected.removeFirst();
      }
    }
    OwnerQueue copy = queue.copy();
    assertThat(copy.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(copy.get(i)).isEqualTo(expected.get(i));
      assertThat(copy.contains(expected.get(i))).isTrue();
    }
    assertThat(copy.contains(-77)).isFalse();
  }

  @Test
  void register_values_are_kept_like_those_of_a_map() {
    Random random = new Random(SEED);
    int[] offsets = Arrays.stream(Register.values()).mapToInt(Register::offset).toArray();
    RegisterValues values = new RegisterValues();
    Map<Integer, Long> expected = new TreeMap<>();
    for (int step = 0; step < 5000; step++) {
      int offset = offsets[random.nextInt(offsets.length)];
      switch (random.nextInt(20)) {
        case 0 -> {
          values.remove(offset);
          expected.remove(offset);
        }
        case 1 -> {
          RegisterValues other = values.copy();
          other.put(offset, step);
          values.retain(other);
          if (!Objects.equals(expected.get(offset), (long) step)) {
            expected.remove(offset);
          }
        }
        case 2 -> {
          if (random.nextInt(50) == 0) {
            values.clear();
            expected.clear();
          }
        }
        default -> {
          long value = random.nextInt(3) == 0 ? 0 : random.nextLong();
          values.put(offset, value);
          expected.put(offset, value);
        }
      }
      for (int each : offsets) {
        assertThat(values.get(each)).isEqualTo(expected.get(each));
      }
      assertThat(values.same(values.copy())).isTrue();
    }
    for (int offset : new int[] {-4, 2, 0x20000, Integer.MIN_VALUE, 0xffffc}) {
      assertThat(values.knows(offset)).isFalse();
      assertThat(values.value(offset)).isZero();
    }
  }
}
