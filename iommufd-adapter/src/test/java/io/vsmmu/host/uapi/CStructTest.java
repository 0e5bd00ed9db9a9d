package io.vsmmu.host.uapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class CStructTest {

  @Test
  void fields_lie_at_multiples_of_their_width_and_the_size_is_one_of_the_widest() {
    CStruct.Builder c = CStruct.named("mixed");
    CStruct.Field small = c.u8("small");
    CStruct.Field number = c.u32("number");
    CStruct.Field half = c.u16("half");
    CStruct.Field wide = c.u64("wide");
    CStruct.Field tail = c.u8("tail");
    CStruct struct = c.done();

    assertThat(new long[] {small.offset(), number.offset(), half.offset()})
        .containsExactly(0, 4, 8);
    assertThat(new long[] {wide.offset(), tail.offset()}).containsExactly(16, 24);
    assertThat(struct.size()).isEqualTo(32);
  }

  @Test
  void values_are_unsigned_and_stay_within_their_field() {
    CStruct.Builder c = CStruct.named("pair");
    CStruct.Field first = c.u32("first");
    CStruct.Field second = c.u32("second");
    CStruct.Field words = c.array("words", Short.BYTES, 2);
    CStruct struct = c.done();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = struct.allocateSized(arena);

      second.set(memory, -1);
      words.set(memory, 1, 0x1_8000L);

      assertThat(first.get(memory)).isEqualTo(12);
      assertThat(second.get(memory)).isEqualTo(0xFFFF_FFFFL);
      assertThat(words.get(memory, 0)).isZero();
      assertThat(words.get(memory, 1)).isEqualTo(0x8000);
      assertThat(memory.get(ValueLayout.JAVA_INT, 8)).isEqualTo(0x8000_0000);
    }
  }
}
