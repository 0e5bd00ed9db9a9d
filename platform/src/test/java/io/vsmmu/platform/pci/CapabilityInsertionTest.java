package io.vsmmu.platform.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import io.vsmmu.problem.Problem;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PCI Express 6.0, 7.6: the list; 7.8.9: PASID. */
class CapabilityInsertionTest {

  private static final PasidCapability PASID = new PasidCapability(16, true, false);
  private static final CapabilityPosition FIRST = new CapabilityPosition.FirstFree();

  private static Problem reason(byte[] config, CapabilityPosition placement) {
    return BuildResults.reason(CapabilityInsertion.insert(config, PASID, placement));
  }

  private static InsertedCapability made(byte[] config, CapabilityPosition placement) {
    return BuildResults.made(CapabilityInsertion.insert(config, PASID, placement));
  }

  /** Serial number at 0x100, a vendor's own 0x40 bytes at 0x200. */
  private static byte[] device() {
    byte[] bytes = Images.empty();
    Images.header(bytes, 0x100, 0x03, 1, 0x200);
    Images.header(bytes, 0x200, 0x0B, 1, 0);
    Images.put(bytes, 0x204, 0x0400_1234);
    return bytes;
  }

  @Test
  void a_pasid_capability_tells_width_and_permissions() {
    byte[] bytes = made(device(), FIRST).image().bytes();

    assertThat(Images.get(bytes, 0x10C)).isEqualTo(0x2001_001B);
    assertThat(Images.get(bytes, 0x110)).isEqualTo(0x0000_1002);
    assertThat(Images.get(bytes, 0x100)).isEqualTo(0x10C1_0003);
    assertThat(new PasidCapability(20, false, true).register()).isEqualTo(0x1404);
  }

  @Test
  void it_goes_between_its_neighbours() {
    InsertedCapability inserted = made(device(), new CapabilityPosition.At(0x1F8));

    assertThat(inserted.previous()).isEqualTo(0x100);
    assertThat(inserted.next()).isEqualTo(0x200);
    assertThat(inserted.placeholder()).isFalse();
    assertThat(BuildResults.made(CapabilityList.read(inserted.image())))
        .extracting(CapabilityHeader::offset)
        .containsExactly(0x100, 0x1F8, 0x200);
  }

  @Test
  void it_goes_to_the_end() {
    InsertedCapability inserted = made(device(), new CapabilityPosition.LastFree());

    assertThat(inserted.offset()).isEqualTo(0xFF8);
    assertThat(inserted.previous()).isEqualTo(0x200);
    assertThat(inserted.next()).isZero();
  }

  @Test
  void the_first_of_an_empty_list_is_at_0x100() {
    InsertedCapability inserted = made(Images.empty(), FIRST);

    assertThat(inserted.offset()).isEqualTo(0x100);
    assertThat(inserted.previous()).isZero();
    assertThat(inserted.placeholder()).isFalse();
  }

  @Test
  void an_empty_list_that_begins_elsewhere_gets_an_empty_head() {
    InsertedCapability inserted = made(Images.empty(), new CapabilityPosition.At(0x148));

    assertThat(inserted.placeholder()).isTrue();
    assertThat(inserted.previous()).isEqualTo(0x100);
    assertThat(Images.get(inserted.image().bytes(), 0x100)).isEqualTo(0x1480_0000);
    assertThat(BuildResults.made(CapabilityList.read(inserted.image()))).hasSize(2);
  }

  @Test
  void a_list_may_begin_with_an_empty_head() {
    byte[] bytes = Images.header(Images.empty(), 0x100, 0, 0, 0x200);
    Images.header(bytes, 0x200, 0x03, 1, 0);

    assertThat(made(bytes, FIRST).offset()).isEqualTo(0x104);
    assertThat(made(Images.header(Images.empty(), 0x100, 0xFFFF, 0, 0), FIRST).offset())
        .isEqualTo(0x104);
  }

  @Test
  void the_image_that_was_given_stays_as_it_is() {
    byte[] bytes = device();
    byte[] before = bytes.clone();

    made(bytes, FIRST);

    assertThat(bytes).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "0x1f9,a multiple of 4",
    "0x1fa,a multiple of 4",
    "0xfc,at least 0x100",
    "-4,at least 0x100",
    "0xffc,at most 0xff8",
    "0x1000,at most 0xff8",
    "0x7ffffffc,at most 0xff8"
  })
  void an_offset_is_aligned_and_in_extended_space(String offset, String required) {
    Problem reason = reason(device(), new CapabilityPosition.At(Integer.decode(offset)));

    assertThat(reason.field()).isEqualTo("offset");
    assertThat(reason.required()).startsWith(required);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x100, 0x104, 0x108, 0x1FC, 0x200, 0x204, 0x23C})
  void an_offset_is_not_inside_another_capability(int offset) {
    Problem reason = reason(device(), new CapabilityPosition.At(offset));

    assertThat(reason.required()).startsWith("apart from capability 0x");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x10C, 0x1F8, 0x240, 0xFF8})
  void an_offset_may_touch_another_capability(int offset) {
    assertThat(made(device(), new CapabilityPosition.At(offset)).offset()).isEqualTo(offset);
  }

  @Test
  void what_is_not_zero_belongs_to_the_capability_before_it() {
    byte[] bytes = device();
    bytes[0x2FE] = 1;

    assertThat(reason(bytes, new CapabilityPosition.At(0x2F8)).required())
        .isEqualTo("apart from capability 0xb, which has 0x200 to 0x2ff");
    assertThat(made(bytes, new CapabilityPosition.At(0x300)).offset()).isEqualTo(0x300);
  }

  @Test
  void registers_without_a_header_are_not_overwritten() {
    byte[] bytes = Images.put(Images.empty(), 0x180, 7);

    assertThat(reason(bytes, new CapabilityPosition.At(0x17C)).required())
        .contains("nothing but zeros");
  }

  @Test
  void a_full_space_has_no_room() {
    byte[] bytes = Images.empty();
    Arrays.fill(bytes, 0x100, 0x1000, (byte) 0x55);
    Images.header(bytes, 0x100, 0x0B, 1, 0);

    assertThat(reason(bytes, FIRST).given()).isEqualTo("none free");
    assertThat(reason(bytes, new CapabilityPosition.LastFree()).given()).isEqualTo("none free");
  }

  @Test
  void a_capability_that_is_there_is_not_put_in_again() {
    byte[] bytes = made(device(), FIRST).image().bytes();

    assertThat(reason(bytes, FIRST).message())
        .isEqualTo(
            "capability.PASID is there already, at 0x10c, but must be absent from the device:"
                + " pass the device's own capability through");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 64, 255, 4095, 4097, 8192})
  void an_image_is_the_whole_space(int size) {
    assertThat(reason(new byte[size], FIRST).field()).isEqualTo("image.size");
  }

  @Test
  void conventional_pci_has_no_extended_space() {
    byte[] silent = Images.empty();
    Arrays.fill(silent, 0x100, 0x1000, (byte) 0xFF);
    byte[] repeated = Images.empty();
    for (int at = 0x100; at < 0x1000; at += 0x100) {
      System.arraycopy(repeated, 0, repeated, at, 0x100);
    }

    for (byte[] bytes : new byte[][] {new byte[256], silent, repeated}) {
      assertThat(reason(bytes, FIRST).field()).isEqualTo("image.extendedSpace");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x200,0x200,a loop",
    "0x200,0x100,a loop",
    "0x300,0x180,behind the capability itself",
    "0x200,0x40,0 or at least 0x100",
    "0x200,0x400,the offset of a header"
  })
  void a_broken_list_is_left_alone(String second, String next, String required) {
    byte[] bytes = Images.header(Images.empty(), 0x100, 0x03, 1, Integer.decode(second));
    Images.header(bytes, Integer.decode(second), 0x0B, 1, Integer.decode(next));

    Problem reason = reason(bytes, FIRST);

    assertThat(reason.field()).isEqualTo("capability[" + second + "].next");
    assertThat(reason.required()).contains(required);
  }

  @Test
  void the_reserved_bits_of_a_next_offset_are_ignored() {
    byte[] bytes = device();
    Images.header(bytes, 0x100, 0x03, 1, 0x203);

    assertThat(made(bytes, FIRST).next()).isEqualTo(0x200);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 21, 64})
  void a_pasid_has_1_to_20_bits(int width) {
    BuildResult<InsertedCapability> outcome =
        CapabilityInsertion.insert(device(), new PasidCapability(width, false, false), FIRST);

    assertThat(BuildResults.reason(outcome).field()).isEqualTo("pasid.width");
  }
}
