package io.vsmmu.platform.acpi;

import io.vsmmu.platform.Refusals;
import java.util.regex.Pattern;

/**
 * The identification in the header of a table (ACPI 6.5, 5.2.6). Linux replaces a table of the
 * firmware by one in an initramfs if both have the same OEM ID and table ID, including spaces, and
 * the new one has a higher revision (drivers/acpi/tables.c, acpi_table_initrd_override).
 *
 * @param oemId 1 to 6 characters
 * @param tableId 1 to 8 characters
 * @param oemRevision unsigned 32 bits
 * @param creatorId 4 characters; a compiler overwrites it with its own
 * @param creatorRevision unsigned 32 bits
 */
public record AcpiIdentity(
    String oemId, String tableId, long oemRevision, String creatorId, long creatorRevision) {

  static final int OEM_ID_BYTES = 6;
  static final int TABLE_ID_BYTES = 8;
  private static final int CREATOR_ID_BYTES = 4;
  private static final long U32 = 0xFFFF_FFFFL;
  private static final Pattern TEXT = Pattern.compile("[A-Z0-9_ ]+");

  /** The identification of the tables that this service generates. */
  public static final AcpiIdentity DEFAULT = new AcpiIdentity("VSMMU", "VSMMU", 1, "VSMU", 1);

  void check(Refusals refusals) {
    text(refusals, "oemId", oemId, 1, OEM_ID_BYTES);
    text(refusals, "tableId", tableId, 1, TABLE_ID_BYTES);
    text(refusals, "creatorId", creatorId, CREATOR_ID_BYTES, CREATOR_ID_BYTES);
    refusals.inRange("identity.oemRevision", oemRevision, 0, U32, "it has 32 bits");
    refusals.inRange("identity.creatorRevision", creatorRevision, 0, U32, "it has 32 bits");
  }

  private static void text(Refusals refusals, String field, String text, int least, int most) {
    refusals.unless(
        TEXT.matcher(text).matches() && text.length() >= least && text.length() <= most,
        "identity." + field,
        "'" + text + "'",
        least + " to " + most + " of A-Z, 0-9, _ and space",
        "choose another or use the default");
  }
}
