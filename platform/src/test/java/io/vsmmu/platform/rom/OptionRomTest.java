package io.vsmmu.platform.rom;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import io.vsmmu.platform.acpi.AcpiIdentity;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.platform.acpi.GuestSmmu;
import io.vsmmu.platform.acpi.IortBuilder;
import io.vsmmu.platform.acpi.IortLayout;
import io.vsmmu.platform.acpi.ItsGroup;
import io.vsmmu.platform.acpi.PreserveBootConfiguration;
import io.vsmmu.platform.acpi.RequesterRoute;
import io.vsmmu.platform.acpi.RootComplex;
import io.vsmmu.platform.acpi.SmmuInterrupts;
import io.vsmmu.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The structures that firmware and the driver read in the ROM. */
class OptionRomTest {

  private static final long PLACEHOLDER = 0xFFFF_FFFF_FFF0_0000L;
  private static final OptionRom.Function FUNCTION =
      new OptionRom.Function(0x1234, 0x0806, 0x060000);

  private final AcpiTable iort = made(IortBuilder.build(layout()));
  private final AcpiTable ssdt =
      made(PreserveBootConfiguration.build(AcpiIdentity.DEFAULT, List.of("\\_SB.PCI0")));

  private static IortLayout layout() {
    return new IortLayout(
        AcpiIdentity.DEFAULT,
        List.of(new ItsGroup(List.of(0L))),
        List.of(
            new GuestSmmu(
                "a",
                PLACEHOLDER,
                true,
                new SmmuInterrupts.Messages(0, 0),
                OptionalInt.of(0),
                GuestMsi.TRANSLATED,
                List.of())),
        List.of(
            new RootComplex(
                0,
                RootComplex.MemoryAttributes.COHERENT,
                new RootComplex.AtsAttribute(false, false, false),
                0,
                64,
                List.of(RequesterRoute.toSmmu(RequesterRoute.buses(1, 255), "a")))));
  }

  private static <T> T made(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> value;
      case BuildResult.Refused<T>(var reasons) -> throw new AssertionError(reasons);
    };
  }

  private ByteBuffer rom(AcpiTable... others) {
    return ByteBuffer.wrap(
            made(
                OptionRom.build(
                    UefiDriver.bundled(),
                    FUNCTION,
                    new OptionRom.RomTables(
                        iort, List.of(others), PLACEHOLDER, others.length > 0))))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void its_size_is_a_power_of_two_that_a_base_address_register_can_tell() {
    assertThat(Integer.bitCount(rom().capacity())).isOne();
    assertThat(rom(ssdt).capacity()).isBetween(RomLimits.SMALLEST_BYTES, RomLimits.LARGEST_BYTES);
  }

  @Test
  void the_first_image_is_an_uncompressed_efi_driver_for_aarch64() {
    ByteBuffer rom = rom();
    byte[] driver = UefiDriver.bundled().image();

    assertThat(rom.getShort(0)).as("signature").isEqualTo((short) 0xAA55);
    assertThat(rom.getInt(4)).as("EFI signature").isEqualTo(0x0EF1);
    assertThat(rom.getShort(8)).as("subsystem").isEqualTo((short) 0x0B);
    assertThat(rom.getShort(0x0A)).as("machine").isEqualTo((short) 0xAA64);
    assertThat(rom.getShort(0x0C)).as("compression").isZero();
    assertThat(bytes(rom, rom.getShort(0x16), driver.length)).isEqualTo(driver);
    assertThat(rom.getShort(2) * 512).isGreaterThanOrEqualTo(rom.getShort(0x16) + driver.length);
  }

  @Test
  void each_image_names_the_function_that_it_belongs_to() {
    ByteBuffer rom = rom(ssdt);

    for (int image : List.of(0, second(rom))) {
      int pcir = image + rom.getShort(image + 0x18);
      assertThat(bytes(rom, pcir, 4)).isEqualTo(new byte[] {'P', 'C', 'I', 'R'});
      assertThat(rom.getInt(pcir + 4)).as("vendor and device").isEqualTo(0x0806_1234);
      assertThat(rom.getInt(pcir + 0x0D) & 0xFF_FFFF).as("class").isEqualTo(0x060000);
      assertThat(rom.getShort(pcir + 0x0A)).as("bytes").isEqualTo((short) 0x1C);
      assertThat(rom.get(pcir + 0x15) < 0).as("last image").isEqualTo(image > 0);
    }
  }

  @Test
  void the_second_image_holds_the_tables_one_after_the_other() {
    ByteBuffer rom = rom(ssdt);
    int image = second(rom);
    int container = image + rom.getShort(image + 2);
    int length = iort.bytes().length + ssdt.bytes().length;

    assertThat(bytes(rom, container, 8)).asString().isEqualTo("vSMMUtab");
    assertThat(rom.getLong(container + 8)).isEqualTo(PLACEHOLDER);
    assertThat(rom.getInt(container + 16)).isEqualTo(length);
    assertThat(rom.getInt(container + 20)).as("renames _DSM").isOne();
    assertThat(bytes(rom, container + 24, length)).startsWith(iort.bytes()).endsWith(ssdt.bytes());
  }

  @Test
  void no_firmware_starts_the_second_image() {
    ByteBuffer rom = rom();
    int image = second(rom);

    assertThat(rom.get(image + rom.getShort(image + 0x18) + 0x14)).isEqualTo((byte) 0xFF);
  }

  @Test
  void what_is_behind_the_images_reads_as_ones() {
    ByteBuffer rom = rom();
    int image = second(rom);
    int end = image + rom.getShort(image + rom.getShort(image + 0x18) + 0x10) * 512;

    byte[] rest = bytes(rom, end, rom.capacity() - end);
    byte[] ones = new byte[rest.length];
    Arrays.fill(ones, (byte) 0xFF);
    assertThat(rest).isEqualTo(ones);
  }

  @Test
  void tables_that_no_rom_has_room_for_are_refused_with_the_most_that_fits() {
    AcpiTable one = ssdt;
    int enough = RomLimits.LARGEST_BYTES / one.bytes().length + 1;

    List<Problem> reasons =
        BuildResults.refused(
            OptionRom.build(
                UefiDriver.bundled(),
                FUNCTION,
                new OptionRom.RomTables(
                    iort, Collections.nCopies(enough, one), PLACEHOLDER, true)));

    assertThat(reasons).extracting(Problem::field).containsExactly("tables.bytes");
    int driverBytes = (0x40 + UefiDriver.bundled().image().length + 511) / 512 * 512;
    assertThat(reasons.getFirst().message())
        .contains(String.valueOf(RomLimits.LARGEST_BYTES - driverBytes - 0x40));
  }

  private static int second(ByteBuffer rom) {
    return rom.getShort(rom.getShort(0x18) + 0x10) * 512;
  }

  private static byte[] bytes(ByteBuffer from, int at, int count) {
    byte[] bytes = new byte[count];
    from.get(at, bytes);
    return bytes;
  }
}
