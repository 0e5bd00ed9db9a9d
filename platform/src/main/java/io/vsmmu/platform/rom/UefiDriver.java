package io.vsmmu.platform.rom;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The UEFI driver of the ROM for AArch64, a PE32+ image: it finds the ACPI tables in the second
 * image of its ROM, fills in the address that firmware gave to BAR 0, and installs them. Its source
 * is {@code platform/src/main/efi}; the script {@code build} there builds the same bytes from it,
 * and the script {@code sign} signs them for Secure Boot. Immutable.
 */
public final class UefiDriver {

  private static final String RESOURCE = "vsmmu.efi";

  private static final int PE_OFFSET = 0x3C;

  /** Offset within the PE header, which begins with a signature of four bytes. */
  private static final int MACHINE = 4;

  private static final int OPTIONAL_HEADER = 24;
  private static final int SUBSYSTEM = OPTIONAL_HEADER + 68;

  /** Offset of data directory 4 of a PE32+ image: offset and length of the signature. */
  private static final int CERTIFICATE_TABLE = OPTIONAL_HEADER + 112 + 4 * 8;

  private static final int HEADER_BYTES = CERTIFICATE_TABLE + 8;

  private static final int PE = 'P' | 'E' << 8;
  private static final short MZ = 'M' | 'Z' << 8;
  private static final short PE32_PLUS = 0x20B;
  static final short AARCH64 = (short) 0xAA64;
  static final short BOOT_SERVICE_DRIVER = 11;

  private final byte[] image;

  private UefiDriver(byte[] image) {
    this.image = image;
  }

  /** The unsigned driver that is built from this project's source. */
  public static UefiDriver bundled() {
    try (InputStream in = UefiDriver.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not among the resources");
      }
      return new UefiDriver(in.readAllBytes());
    } catch (IOException failed) {
      throw new UncheckedIOException(RESOURCE, failed);
    }
  }

  /**
   * A driver that was built or signed elsewhere; refused if firmware could not start it from a ROM.
   *
   * @param field the name of the setting, for refusals
   * @param image copied
   */
  public static BuildResult<UefiDriver> of(String field, byte[] image) {
    Refusals refusals = new Refusals();
    boolean fits =
        refusals.inRange(
            field + ".bytes",
            image.length,
            HEADER_BYTES,
            RomLimits.DRIVER_BYTES,
            "give the file that platform/src/main/efi/build or sign made");
    if (fits) {
      check(field, ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN), refusals);
    }
    return refusals.orBuild(() -> new UefiDriver(image.clone()));
  }

  private static void check(String field, ByteBuffer image, Refusals refusals) {
    int pe = image.getInt(PE_OFFSET);
    boolean header =
        image.getShort(0) == MZ
            && pe >= 0
            && pe <= image.capacity() - HEADER_BYTES
            && image.getInt(pe) == PE
            && image.getShort(pe + OPTIONAL_HEADER) == PE32_PLUS
            && image.getShort(pe + MACHINE) == AARCH64
            && image.getShort(pe + SUBSYSTEM) == BOOT_SERVICE_DRIVER;
    refusals.unless(
        header,
        field,
        "something else",
        "a PE32+ image for AArch64 with subsystem 11, a boot service driver",
        "give the file that platform/src/main/efi/build or sign made");
    if (header && image.getInt(pe + CERTIFICATE_TABLE + 4) != 0) {
      int excess = (OptionRom.PAYLOAD + image.capacity()) % OptionRom.BLOCK;
      refusals.unless(
          excess == 0,
          field + ".bytes",
          Integer.toString(image.capacity()),
          "such that, with the %d bytes before it, it fills blocks of %d, because it is signed"
              .formatted(OptionRom.PAYLOAD, OptionRom.BLOCK),
          "sign it with platform/src/main/efi/sign, which appends zeros before the signature");
    }
  }

  /** A copy of the driver's PE image. */
  byte[] image() {
    return image.clone();
  }
}
