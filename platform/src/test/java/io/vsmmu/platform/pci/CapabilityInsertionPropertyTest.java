package io.vsmmu.platform.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that hold for every list of capabilities. */
@Tag("slow")
class CapabilityInsertionPropertyTest {

  private static final PasidCapability PASID = new PasidCapability(20, true, true);

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  private static BuildResult<InsertedCapability> insert(
      byte[] bytes, CapabilityPosition placement) {
    return CapabilityInsertion.insert(bytes, PASID, placement);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void an_offset_is_taken_exactly_when_its_bytes_are_nobodys(long seed) {
    Images.Made device = Images.random(seed);

    for (int offset = 0xF0; offset <= 0x1010; offset++) {
      BuildResult<InsertedCapability> outcome =
          insert(device.bytes(), new CapabilityPosition.At(offset));
      boolean free = offset % 4 == 0 && device.isFree(offset, offset + 8);
      assertThat(outcome instanceof BuildResult.Built)
          .as(Integer.toHexString(offset))
          .isEqualTo(free);
      if (outcome instanceof BuildResult.Built<InsertedCapability>(InsertedCapability inserted)) {
        assertThat(inserted.offset()).isEqualTo(offset);
        isLinked(device.bytes(), inserted);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_first_and_the_last_free_place_are_found(long seed) {
    Images.Made device = Images.random(seed);
    int[] free =
        IntStream.rangeClosed(0x100 / 4, 0xFF8 / 4)
            .map(i -> i * 4)
            .filter(at -> device.isFree(at, at + 8))
            .toArray();

    for (CapabilityPosition placement :
        List.of(new CapabilityPosition.FirstFree(), new CapabilityPosition.LastFree())) {
      BuildResult<InsertedCapability> outcome = insert(device.bytes(), placement);
      boolean first = placement instanceof CapabilityPosition.FirstFree;
      OptionalInt expected = first ? IntStream.of(free).findFirst() : IntStream.of(free).max();
      if (expected.isEmpty()) {
        assertThat(BuildResults.reason(outcome).given()).isEqualTo("none free");
      } else {
        InsertedCapability inserted = BuildResults.made(outcome);
        assertThat(inserted.offset()).isEqualTo(expected.getAsInt());
        isLinked(device.bytes(), inserted);
      }
    }
  }

  /** Random bytes are refused or get the capability; nothing is thrown. */
  @ParameterizedTest
  @MethodSource("seeds")
  void a_damaged_list_is_refused_or_still_in_order(long seed) {
    Random random = new Random(seed);
    byte[] bytes = Images.random(seed).bytes();
    for (int i = 0; i < 40; i++) {
      bytes[0x100 + random.nextInt(0xF00)] = (byte) random.nextInt();
      BuildResult<InsertedCapability> outcome = insert(bytes, new CapabilityPosition.FirstFree());
      if (outcome instanceof BuildResult.Built<InsertedCapability>(InsertedCapability inserted)) {
        isLinked(bytes, inserted);
      }
    }
  }

  private static void isLinked(byte[] before, InsertedCapability inserted) {
    byte[] after = inserted.image().bytes();
    List<CapabilityHeader> old =
        BuildResults.made(ConfigImage.of(before).then(CapabilityList::read));
    List<CapabilityHeader> headers = BuildResults.made(CapabilityList.read(inserted.image()));
    assertThat(headers).isSortedAccordingTo((a, b) -> a.offset() - b.offset());
    List<Integer> expected = new ArrayList<>(old.stream().map(CapabilityHeader::offset).toList());
    if (inserted.placeholder()) {
      expected.add(0x100);
    }
    expected.add(inserted.offset());
    assertThat(headers)
        .extracting(CapabilityHeader::offset)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(withoutOwn(after, inserted)).isEqualTo(withoutOwn(before, inserted));
  }

  /** All bytes except the capability and the next offset that leads to it. */
  private static byte[] withoutOwn(byte[] bytes, InsertedCapability inserted) {
    byte[] rest = bytes.clone();
    Images.put(rest, inserted.offset(), 0);
    Images.put(rest, inserted.offset() + 4, 0);
    if (inserted.previous() != 0) {
      Images.put(rest, inserted.previous(), Images.get(rest, inserted.previous()) & 0x000F_FFFF);
    }
    return rest;
  }
}
