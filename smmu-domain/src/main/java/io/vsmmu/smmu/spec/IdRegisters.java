package io.vsmmu.smmu.spec;

import java.util.EnumSet;
import java.util.Set;

/**
 * The values of an SMMU's identification registers (IHI 0070, 6.3.1 to 6.3.8), of a vSMMU as its
 * guest reads them or of a physical SMMU as its host reports them. Immutable; the {@code with}
 * methods give a changed copy.
 *
 * <p>{@link IdField} says where each field lies. The accessors without a comment give the field of
 * the same name: whether its bit is set, or its value.
 */
public record IdRegisters(
    int idr0, int idr1, int idr2, int idr3, int idr4, int idr5, int iidr, int aidr) {

  /** Largest SubstreamID size that the architecture has, in bits (6.3.2, SSIDSIZE). */
  public static final int MAX_SSID_BITS = 20;

  /**
   * What a vSMMU shows unless configured otherwise, the same as QEMU's emulated SMMUv3.
   *
   * <p>IDR0 0x0d44101b: ST_LEVEL=1 (linear and 2-level Stream table), TERM_MODEL=1 (terminated
   * transactions always abort), STALL_MODEL=0b01 (no stalls, so CMD_RESUME and CMD_STALL_TERM are
   * ILLEGAL), TTENDIAN=0b10 (little-endian), VMID16=1, ASID16=1, COHACC=1, TTF=0b10 (VMSAv8-64
   * only), S1P=1, S2P=1; ATS, PRI, MSI, SEV, Hyp, HTTU, BTM, CD2L, ATOS and VATOS are 0. Stage 2 is
   * thus advertised; a stage 1 only vSMMU shows {@link #withStage2 withStage2(false)}.
   *
   * <p>IDR1 0x02730010: CMDQS=19, EVENTQS=19, PRIQS=0, SSIDSIZE=0 (no substreams), SIDSIZE=16, no
   * attribute overrides, no presets. IDR2: no VATOS page. IDR3 0x1414: BBML=0b10, RIL=1, XNX=1,
   * HAD=1. IDR5 0x74: OAS=0b100 (44 bits), 4KB, 16KB and 64KB granules, VAX=0 (48-bit), no stalls.
   * IIDR 0: no implementer. AIDR 1: SMMUv3.1.
   */
  public static final IdRegisters DEFAULT =
      new IdRegisters(0x0d44101b, 0x02730010, 0, 0x1414, 0, 0x74, 0, 1);

  /** Translation granules, as IDR5.GRAN4K, GRAN16K and GRAN64K show them. */
  public enum Granule {
    KB4(IdField.GRAN4K),
    KB16(IdField.GRAN16K),
    KB64(IdField.GRAN64K);

    private final IdField field;

    Granule(IdField field) {
      this.field = field;
    }
  }

  /** What IDR0.STALL_MODEL says of faults. */
  public enum StallModel {
    /** 0b00: the CD or STE chooses whether they stall or terminate. */
    STALL_AND_TERMINATE,
    /** 0b01: every fault terminates. */
    TERMINATE_ONLY,
    /** 0b10: every fault that can stall does. */
    STALL_FORCED,
    /** IDR0.STALL_MODEL is 0b11. */
    RESERVED
  }

  public int word(IdRegister register) {
    return switch (register) {
      case IDR0 -> idr0;
      case IDR1 -> idr1;
      case IDR2 -> idr2;
      case IDR3 -> idr3;
      case IDR4 -> idr4;
      case IDR5 -> idr5;
      case IIDR -> iidr;
      case AIDR -> aidr;
    };
  }

  /** The same with another value of a register, which may hold anything. */
  public IdRegisters withWord(IdRegister register, int value) {
    return new IdRegisters(
        register == IdRegister.IDR0 ? value : idr0,
        register == IdRegister.IDR1 ? value : idr1,
        register == IdRegister.IDR2 ? value : idr2,
        register == IdRegister.IDR3 ? value : idr3,
        register == IdRegister.IDR4 ? value : idr4,
        register == IdRegister.IDR5 ? value : idr5,
        register == IdRegister.IIDR ? value : iidr,
        register == IdRegister.AIDR ? value : aidr);
  }

  /** The value of an identification register, zero-extended; 0 for any other register. */
  public long value(Register register) {
    return switch (register) {
      case IDR0 -> Integer.toUnsignedLong(idr0);
      case IDR1 -> Integer.toUnsignedLong(idr1);
      case IDR2 -> Integer.toUnsignedLong(idr2);
      case IDR3 -> Integer.toUnsignedLong(idr3);
      case IDR4 -> Integer.toUnsignedLong(idr4);
      case IDR5 -> Integer.toUnsignedLong(idr5);
      case IIDR -> Integer.toUnsignedLong(iidr);
      case AIDR -> Integer.toUnsignedLong(aidr);
      default -> 0;
    };
  }

  /** What a field holds, right-aligned. */
  public int get(IdField field) {
    return (int) field.bits().get(Integer.toUnsignedLong(word(field.register())));
  }

  public boolean isSet(IdField field) {
    return get(field) != 0;
  }

  /**
   * The same with another value of a field.
   *
   * @throws IllegalArgumentException if the value is Reserved or does not fit the field
   */
  public IdRegisters with(IdField field, int value) {
    if (!field.allows(value)) {
      throw new IllegalArgumentException(
          "%s: %d is Reserved or does not fit %d bits"
              .formatted(field.fullName(), value, field.bits().width()));
    }
    long word = Integer.toUnsignedLong(word(field.register()));
    return withWord(field.register(), (int) field.bits().set(word, value));
  }

  private IdRegisters with(IdField field, boolean set) {
    return with(field, set ? 1 : 0);
  }

  private IdRegisters without(IdField... fields) {
    IdRegisters without = this;
    for (IdField field : fields) {
      without = without.with(field, 0);
    }
    return without;
  }

  public boolean stage1() {
    return isSet(IdField.S1P);
  }

  public boolean stage2() {
    return isSet(IdField.S2P);
  }

  /** Whether the SMMU translates in both stages, which a host needs to nest a guest's stage 1. */
  public boolean bothStages() {
    return stage1() && stage2();
  }

  public boolean cohacc() {
    return isSet(IdField.COHACC);
  }

  public boolean btm() {
    return isSet(IdField.BTM);
  }

  public boolean hyp() {
    return isSet(IdField.HYP);
  }

  public boolean ats() {
    return isSet(IdField.ATS);
  }

  public boolean asid16() {
    return isSet(IdField.ASID16);
  }

  public boolean msi() {
    return isSet(IdField.MSI);
  }

  /** IDR0.PRI, which is RES0 without ATS. */
  public boolean pri() {
    return ats() && isSet(IdField.PRI);
  }

  /** IDR0.VMW: TLB invalidations may match a group of VMIDs. */
  public boolean vmidWildcards() {
    return isSet(IdField.VMW);
  }

  public boolean atsRecErr() {
    return isSet(IdField.ATSRECERR);
  }

  public boolean cd2l() {
    return isSet(IdField.CD2L);
  }

  public StallModel stallModel() {
    return StallModel.values()[get(IdField.STALL_MODEL)];
  }

  public int stLevel() {
    return get(IdField.ST_LEVEL);
  }

  public boolean twoLevelStreamTable() {
    return stLevel() == 1;
  }

  /** IDR1.SIDSIZE: StreamID bits, 0..32; Reserved encodings count as 32. */
  public int sidSize() {
    return Math.min(get(IdField.SIDSIZE), Integer.SIZE);
  }

  /** IDR1.SSIDSIZE: SubstreamID bits, 0 for no substreams; above 20 it is Reserved. */
  public int ssidSize() {
    return get(IdField.SSIDSIZE);
  }

  /** IDR1.CMDQS: log2 of the largest Command queue's entries; above 19 it is Reserved. */
  public int cmdqsLog2() {
    return get(IdField.CMDQS);
  }

  /** IDR1.EVENTQS: log2 of the largest Event queue's entries; above 19 it is Reserved. */
  public int eventqsLog2() {
    return get(IdField.EVENTQS);
  }

  /** IDR1.PRIQS: log2 of the largest PRI queue's entries; above 19 it is Reserved. */
  public int priqsLog2() {
    return get(IdField.PRIQS);
  }

  public boolean ecmdq() {
    return isSet(IdField.ECMDQ);
  }

  /** IDR1.ATTR_TYPES_OVR: an STE may override memory type and shareability. */
  public boolean attributeTypesOverride() {
    return isSet(IdField.ATTR_TYPES_OVR);
  }

  /** IDR1.ATTR_PERMS_OVR: an STE may override privilege and instruction attributes. */
  public boolean attributePermissionsOverride() {
    return isSet(IdField.ATTR_PERMS_OVR);
  }

  /** IDR3.RIL: TLB invalidations may name a range. */
  public boolean rangeInvalidation() {
    return isSet(IdField.RIL);
  }

  public boolean mpam() {
    return isSet(IdField.MPAM);
  }

  public boolean dpt() {
    return isSet(IdField.DPT);
  }

  /** IDR5.OAS as a size in bits, one of {@link OutputAddressSize#BITS}. */
  public int oasBits() {
    return OutputAddressSize.decode(get(IdField.OAS));
  }

  public boolean ds() {
    return isSet(IdField.DS);
  }

  public boolean d128() {
    return isSet(IdField.D128);
  }

  /** {@code address} without its bits above the output address size (IHI 0070, 3.4.3). */
  public long truncateToOas(long address) {
    return address & (-1L >>> (Long.SIZE - oasBits()));
  }

  /** The granules whose IDR5.GRAN* is 1; unmodifiable. */
  public Set<Granule> granules() {
    Set<Granule> supported = EnumSet.noneOf(Granule.class);
    for (Granule granule : Granule.values()) {
      if (isSet(granule.field)) {
        supported.add(granule);
      }
    }
    return Set.copyOf(supported);
  }

  /** With IDR0.ATS; without it PRI and NS1ATS, RES0 then, are cleared too. */
  public IdRegisters withAts(boolean ats) {
    IdRegisters changed = with(IdField.ATS, ats);
    return ats ? changed : changed.without(IdField.PRI, IdField.NS1ATS);
  }

  public IdRegisters withMsi(boolean msi) {
    return with(IdField.MSI, msi);
  }

  /**
   * With IDR0.S2P; without it, what describes stage 2 alone and is irrelevant or RES0 then is
   * cleared too: VMID16, Hyp and VMW of IDR0, XNX, FWB, S2PI and S2PO of IDR3.
   */
  public IdRegisters withStage2(boolean stage2) {
    IdRegisters changed = with(IdField.S2P, stage2);
    return stage2
        ? changed
        : changed.without(
            IdField.VMID16,
            IdField.HYP,
            IdField.VMW,
            IdField.XNX,
            IdField.FWB,
            IdField.S2PI,
            IdField.S2PO);
  }

  public IdRegisters withRangeInvalidation(boolean ril) {
    return with(IdField.RIL, ril);
  }

  /**
   * With IDR5.OAS for a size in bits.
   *
   * @throws IllegalArgumentException if the size is none of {@link OutputAddressSize#BITS}
   */
  public IdRegisters withOasBits(int bits) {
    return with(IdField.OAS, OutputAddressSize.encode(bits));
  }

  /**
   * With IDR1.SSIDSIZE.
   *
   * @throws IllegalArgumentException unless {@code bits} is 0..{@value #MAX_SSID_BITS}
   */
  public IdRegisters withSsidSize(int bits) {
    return with(IdField.SSIDSIZE, bits);
  }
}
