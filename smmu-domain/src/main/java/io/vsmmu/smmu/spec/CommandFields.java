package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/**
 * Fields of Command queue entries, IHI 0070, 4.2 to 4.7. A constant ending in 1 lies in word 1, the
 * others in word 0. Fields that only the Secure or Realm queues have are RES0 here.
 */
public final class CommandFields {

  public static final Bits OPCODE = field("Opcode", 7, 0);
  public static final Bits SSEC = bit("SSec", 10);
  public static final Bits SSV = bit("SSV", 11);
  public static final Bits SUBSTREAM_ID = field("SubstreamID", 31, 12);
  public static final Bits STREAM_ID = field("StreamID", 63, 32);

  public static final Bits PREFETCH_SIZE1 = field("Size", 4, 0);
  public static final Bits PREFETCH_STRIDE1 = field("Stride", 9, 5);

  public static final Bits LEAF1 = bit("Leaf", 0);
  public static final Bits RANGE1 = field("Range", 4, 0);

  public static final Bits NUM = field("NUM", 16, 12);

  /** Six bits with IDR5.DS, else bit 25 is RES0 (4.4.1.1). */
  public static final Bits SCALE = field("SCALE", 25, 20);

  public static final Bits VMID = field("VMID", 47, 32);
  public static final Bits ASID = field("ASID", 63, 48);
  public static final Bits TTL128_1 = bit("TTL128", 7);
  public static final Bits TTL1 = field("TTL", 9, 8);
  public static final Bits TG1 = field("TG", 11, 10);
  public static final Bits ADDRESS1 = field("Address", 63, 12);
  public static final Bits IPA1 = field("IPA", 55, 12);

  public static final Bits GLOBAL = bit("Global", 9);
  public static final Bits ATC_SIZE1 = field("Size", 5, 0);

  public static final Bits PRG_INDEX1 = field("PRGIndex", 8, 0);
  public static final Bits RESP1 = field("Resp", 13, 12);

  public static final Bits ACTION = bit("Ac", 12);
  public static final Bits ABORT = bit("Ab", 13);
  public static final Bits STAG1 = field("STAG", 15, 0);

  public static final Bits CS = field("CS", 13, 12);
  public static final Bits MSH = field("MSH", 23, 22);
  public static final Bits MSI_ATTR = field("MSIAttr", 27, 24);
  public static final Bits MSI_DATA = field("MSIData", 63, 32);
  public static final Bits MSI_ADDRESS1 = field("MSIAddress", 55, 2);

  static final FieldTable OPCODE_ONLY = table().build();
  static final FieldTable PREFETCH_CONFIG =
      table().word(0, SSEC, SSV, SUBSTREAM_ID, STREAM_ID).build();
  static final FieldTable PREFETCH_ADDR =
      table()
          .word(0, SSEC, SSV, SUBSTREAM_ID, STREAM_ID)
          .word(1, PREFETCH_SIZE1, PREFETCH_STRIDE1, ADDRESS1)
          .build();
  static final FieldTable CFGI_STE = table().word(0, SSEC, STREAM_ID).word(1, LEAF1).build();
  static final FieldTable CFGI_STE_RANGE = table().word(0, SSEC, STREAM_ID).word(1, RANGE1).build();
  static final FieldTable CFGI_CD =
      table().word(0, SSEC, SUBSTREAM_ID, STREAM_ID).word(1, LEAF1).build();
  static final FieldTable CFGI_CD_ALL = table().word(0, SSEC, STREAM_ID).build();
  static final FieldTable CFGI_VMS_PIDM = table().word(0, SSEC, VMID).build();
  static final FieldTable TLBI_VMID = table().word(0, VMID).build();
  static final FieldTable TLBI_VMID_ASID = table().word(0, VMID, ASID).build();
  static final FieldTable TLBI_ASID = table().word(0, ASID).build();
  static final FieldTable TLBI_VMID_ASID_VA = range(VMID, ASID);
  static final FieldTable TLBI_VMID_VA = range(VMID);
  static final FieldTable TLBI_ASID_VA = range(ASID);
  static final FieldTable TLBI_ANY_VA = range();
  static final FieldTable TLBI_IPA =
      table().word(0, NUM, SCALE, VMID).word(1, LEAF1, TTL128_1, TTL1, TG1, IPA1).build();
  static final FieldTable ATC_INV =
      table().word(0, GLOBAL, SSV, SUBSTREAM_ID, STREAM_ID).word(1, ATC_SIZE1, ADDRESS1).build();
  static final FieldTable PRI_RESP =
      table().word(0, SSV, SUBSTREAM_ID, STREAM_ID).word(1, PRG_INDEX1, RESP1).build();
  static final FieldTable RESUME =
      table().word(0, SSEC, ACTION, ABORT, STREAM_ID).word(1, STAG1).build();
  static final FieldTable STALL_TERM = table().word(0, SSEC, STREAM_ID).build();
  static final FieldTable SYNC =
      table().word(0, CS, MSH, MSI_ATTR, MSI_DATA).word(1, MSI_ADDRESS1).build();

  private CommandFields() {}

  private static FieldTable.Builder table() {
    return FieldTable.words(2).word(0, OPCODE);
  }

  private static FieldTable range(Bits... tags) {
    return table()
        .word(0, NUM, SCALE)
        .word(0, tags)
        .word(1, LEAF1, TTL128_1, TTL1, TG1, ADDRESS1)
        .build();
  }

  /** {@code value}, if it fits the field; commands are built from values that do. */
  static long fit(Bits field, long value) {
    if (!field.holds(value)) {
      throw new IllegalArgumentException(
          "%s: 0x%x does not fit %d bits".formatted(field.name(), value, field.width()));
    }
    return value;
  }

  /** {@code address}, if it has no bits outside the field's position. */
  static long fitInPlace(Bits field, long address) {
    if (field.inPlace(address) != address) {
      throw new IllegalArgumentException(
          "%s: 0x%x has bits outside [%d:%d]"
              .formatted(field.name(), address, field.msb(), field.lsb()));
    }
    return address;
  }
}
