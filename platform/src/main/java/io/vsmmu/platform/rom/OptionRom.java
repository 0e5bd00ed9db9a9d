package io.vsmmu.platform.rom;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import io.vsmmu.platform.acpi.AcpiTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Builds the expansion ROM of a vSMMU's PCI function. It has two images:
 *
 * <ol>
 *   <li>the {@linkplain UefiDriver UEFI driver}, which firmware starts;
 *   <li>a container with the ACPI tables that the driver installs, under a code type that no
 *       firmware starts. It is an image of its own so that the driver's bytes, and with them a
 *       signature, do not depend on the tables.
 * </ol>
 *
 * <p>Sources: PCI Firmware Specification 3.3, chapter 5 (header, PCI data structure); UEFI 2.10,
 * 14.4.2 (EFI images in a ROM). The layout of the container is also in {@code
 * platform/src/main/efi/container.h}.
 */
public final class OptionRom {

  /** The unit of image lengths in bytes. */
  static final int BLOCK = 512;

  /** Offset of the payload in both images, after the header and the PCI data structure. */
  static final int PAYLOAD = 0x40;

  private static final int PCIR = 0x1C;
  private static final int PCIR_BYTES = 0x1C;
  private static final int PCIR_REVISION = 3;

  private static final short SIGNATURE = (short) 0xAA55;
  private static final int EFI_SIGNATURE = 0x0EF1;

  private static final byte EFI_IMAGE = 0x03;
  private static final byte CONTAINER = (byte) 0xFF;
  private static final byte LAST_IMAGE = (byte) 0x80;

  private static final String CONTAINER_MAGIC = "vSMMUtab";
  private static final int CONTAINER_HEADER_BYTES = 24;
  private static final int RENAMES_DSM = 1;

  /**
   * The identification of the PCI function. Firmware compares it with the configuration space.
   *
   * @param vendor 16 bits
   * @param device 16 bits
   * @param classCode base class, sub-class and programming interface, 24 bits
   */
  public record Function(int vendor, int device, int classCode) {}

  /**
   * The tables of a ROM.
   *
   * @param iort an IORT in which the base address of this function's SMMUv3 node is {@code
   *     placeholder}; the driver replaces it by the address of BAR 0
   * @param others tables that are installed unchanged
   * @param placeholder an address that no memory can have, different for each vSMMU of a machine
   * @param renamesDsm whether one of the others defines _DSM for host bridges, so that the driver
   *     must rename the methods of this name in the machine's DSDT
   */
  public record RomTables(
      AcpiTable iort, List<AcpiTable> others, long placeholder, boolean renamesDsm) {

    public RomTables {
      others = List.copyOf(others);
    }
  }

  private OptionRom() {}

  /**
   * Builds a ROM.
   *
   * @return its bytes; their number is a power of two from {@link RomLimits#SMALLEST_BYTES} to
   *     {@link RomLimits#LARGEST_BYTES}. Refused if the tables do not fit into the largest
   */
  public static BuildResult<byte[]> build(
      UefiDriver uefiDriver, Function function, RomTables tables) {
    byte[] driver = uefiDriver.image();
    byte[] container = container(tables);
    int bytes = blocks(driver.length) * BLOCK + blocks(container.length) * BLOCK;
    Refusals refusals = new Refusals();
    refusals.inRange(
        "tables.bytes",
        container.length,
        1,
        RomLimits.LARGEST_BYTES - (long) blocks(driver.length) * BLOCK - PAYLOAD,
        "describe fewer vSMMUs or join ranges of devices that follow each other");
    return refusals.orBuild(
        () -> {
          ByteBuffer rom = littleEndian(sizeFor(bytes));
          image(rom, function, EFI_IMAGE, driver);
          image(rom, function, CONTAINER, container);
          Arrays.fill(rom.array(), rom.position(), rom.capacity(), (byte) 0xFF);
          return rom.array();
        });
  }

  private static int sizeFor(int bytes) {
    int atLeast = Math.max(bytes, RomLimits.SMALLEST_BYTES);
    return Integer.bitCount(atLeast) == 1 ? atLeast : Integer.highestOneBit(atLeast) << 1;
  }

  private static byte[] container(RomTables tables) {
    int bytes =
        tables.iort().bytes().length
            + tables.others().stream().mapToInt(table -> table.bytes().length).sum();
    ByteBuffer container =
        littleEndian(CONTAINER_HEADER_BYTES + bytes)
            .put(CONTAINER_MAGIC.getBytes(StandardCharsets.US_ASCII))
            .putLong(tables.placeholder())
            .putInt(bytes)
            .putInt(tables.renamesDsm() ? RENAMES_DSM : 0)
            .put(tables.iort().bytes());
    tables.others().forEach(table -> container.put(table.bytes()));
    return container.array();
  }

  private static int blocks(int payload) {
    return (PAYLOAD + payload + BLOCK - 1) / BLOCK;
  }

  private static void image(ByteBuffer rom, Function function, byte codeType, byte[] payload) {
    int start = rom.position();
    short blocks = (short) blocks(payload.length);
    rom.putShort(start, SIGNATURE);
    if (codeType == EFI_IMAGE) {
      rom.putShort(start + 2, blocks)
          .putInt(start + 4, EFI_SIGNATURE)
          .putShort(start + 8, UefiDriver.BOOT_SERVICE_DRIVER)
          .putShort(start + 10, UefiDriver.AARCH64)
          .putShort(start + 0x16, (short) PAYLOAD);
    } else {
      rom.putShort(start + 2, (short) PAYLOAD);
    }
    rom.putShort(start + 0x18, (short) PCIR);
    dataStructure(rom, start + PCIR, function, codeType, blocks);
    rom.put(start + PAYLOAD, payload);
    rom.position(start + blocks * BLOCK);
  }

  private static void dataStructure(
      ByteBuffer rom, int at, Function function, byte codeType, short blocks) {
    rom.put(at, "PCIR".getBytes(StandardCharsets.US_ASCII))
        .putShort(at + 4, (short) function.vendor())
        .putShort(at + 6, (short) function.device())
        .putShort(at + 0x0A, (short) PCIR_BYTES)
        .put(at + 0x0C, (byte) PCIR_REVISION)
        .put(at + 0x0D, (byte) function.classCode())
        .putShort(at + 0x0E, (short) (function.classCode() >>> 8))
        .putShort(at + 0x10, blocks)
        .putShort(at + 0x12, (short) 1)
        .put(at + 0x14, codeType)
        .put(at + 0x15, codeType == CONTAINER ? LAST_IMAGE : 0)
        .putShort(at + 0x16, blocks);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
