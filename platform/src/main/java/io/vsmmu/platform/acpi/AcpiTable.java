package io.vsmmu.platform.acpi;

/** An ACPI table: the header with its checksum, and the body. */
public final class AcpiTable {

  /** Length of the header (ACPI 6.5, 5.2.6). */
  static final int HEADER_BYTES = 36;

  private static final int CHECKSUM = 9;

  private final String signature;
  private final byte[] bytes;

  private AcpiTable(String signature, byte[] bytes) {
    this.signature = signature;
    this.bytes = bytes;
  }

  static AcpiTable of(String signature, int revision, AcpiIdentity identity, byte[] body) {
    byte[] bytes =
        new AcpiBytes()
            .text(signature, 4, 0)
            .u32(HEADER_BYTES + (long) body.length)
            .u8(revision)
            .u8(0)
            .text(identity.oemId(), AcpiIdentity.OEM_ID_BYTES, 0)
            .text(identity.tableId(), AcpiIdentity.TABLE_ID_BYTES, 0)
            .u32(identity.oemRevision())
            .text(identity.creatorId(), 4, 0)
            .u32(identity.creatorRevision())
            .bytes(body)
            .toBytes();
    bytes[CHECKSUM] = (byte) -sum(bytes);
    return new AcpiTable(signature, bytes);
  }

  /** The table's signature, four characters. */
  public String signature() {
    return signature;
  }

  /** A copy of the whole table, header and checksum included. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    return sum;
  }
}
