package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.ByNumber;
import io.vsmmu.smmu.bits.FieldTable;
import java.util.Optional;

/**
 * The commands of IHI 0070, 4.1.1, Secure and Realm ones included; Reserved and IMPLEMENTATION
 * DEFINED opcodes are absent. The constants are the specification's names without {@code CMD_},
 * which is also what Linux and QEMU write.
 */
public enum CommandOpcode {
  PREFETCH_CONFIG(0x01, CommandFields.PREFETCH_CONFIG),
  PREFETCH_ADDR(0x02, CommandFields.PREFETCH_ADDR),
  CFGI_STE(0x03, CommandFields.CFGI_STE),
  /** With Range 31 this is CMD_CFGI_ALL. */
  CFGI_STE_RANGE(0x04, CommandFields.CFGI_STE_RANGE),
  CFGI_CD(0x05, CommandFields.CFGI_CD),
  CFGI_CD_ALL(0x06, CommandFields.CFGI_CD_ALL),
  CFGI_VMS_PIDM(0x07, CommandFields.CFGI_VMS_PIDM),
  TLBI_NH_ALL(0x10, CommandFields.TLBI_VMID),
  TLBI_NH_ASID(0x11, CommandFields.TLBI_VMID_ASID),
  TLBI_NH_VA(0x12, CommandFields.TLBI_VMID_ASID_VA),
  TLBI_NH_VAA(0x13, CommandFields.TLBI_VMID_VA),
  TLBI_EL3_ALL(0x18, CommandFields.OPCODE_ONLY),
  TLBI_EL3_VA(0x1A, CommandFields.TLBI_ANY_VA),
  TLBI_EL2_ALL(0x20, CommandFields.OPCODE_ONLY),
  TLBI_EL2_ASID(0x21, CommandFields.TLBI_ASID),
  TLBI_EL2_VA(0x22, CommandFields.TLBI_ASID_VA),
  TLBI_EL2_VAA(0x23, CommandFields.TLBI_ANY_VA),
  TLBI_S12_VMALL(0x28, CommandFields.TLBI_VMID),
  TLBI_S2_IPA(0x2A, CommandFields.TLBI_IPA),
  TLBI_NSNH_ALL(0x30, CommandFields.OPCODE_ONLY),
  ATC_INV(0x40, CommandFields.ATC_INV),
  PRI_RESP(0x41, CommandFields.PRI_RESP),
  RESUME(0x44, CommandFields.RESUME),
  STALL_TERM(0x45, CommandFields.STALL_TERM),
  SYNC(0x46, CommandFields.SYNC),
  TLBI_S_EL2_ALL(0x50, CommandFields.OPCODE_ONLY),
  TLBI_S_EL2_ASID(0x51, CommandFields.TLBI_ASID),
  TLBI_S_EL2_VA(0x52, CommandFields.TLBI_ASID_VA),
  TLBI_S_EL2_VAA(0x53, CommandFields.TLBI_ANY_VA),
  TLBI_S_S12_VMALL(0x58, CommandFields.TLBI_VMID),
  TLBI_S_S2_IPA(0x5A, CommandFields.TLBI_IPA),
  TLBI_SNH_ALL(0x60, CommandFields.OPCODE_ONLY),
  /** Parameters of the DPT commands are not modelled: no vSMMU advertises IDR3.DPT. */
  DPTI_ALL(0x70, CommandFields.OPCODE_ONLY),
  DPTI_PA(0x73, CommandFields.OPCODE_ONLY);

  private static final ByNumber<CommandOpcode> BY_CODE =
      new ByNumber<>(values(), CommandOpcode::code);

  private final int code;
  private final FieldTable fields;

  CommandOpcode(int code, FieldTable fields) {
    this.code = code;
    this.fields = fields;
  }

  /** The opcode, bits 7:0 of the first word: 0x01 to 0x73. */
  public int code() {
    return code;
  }

  /** The fields of an entry with this opcode; bits outside them are RES0. */
  public FieldTable fields() {
    return fields;
  }

  /** The command with this opcode byte (low 8 bits of {@code code}); empty if there is none. */
  public static Optional<CommandOpcode> of(int code) {
    return BY_CODE.get(code & 0xFF);
  }
}
