package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The identification registers, IHI 0070, 6.3.1 to 6.3.8, and what they say. Immutable; the {@code
 * with} methods give a changed copy.
 */
public record IdRegisters(
    int idr0, int idr1, int idr2, int idr3, int idr4, int idr5, int iidr, int aidr) {

  /** Largest SubstreamID size the architecture has, in bits. */
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

  /** Output address sizes in bits, by their encoding in IDR5.OAS. */
  public static final List<Integer> OAS_BITS = List.of(32, 36, 40, 42, 44, 48, 52, 56);

  /** Translation granules, IDR5. */
  public enum Granule {
    KB4(IdFields.GRAN4K),
    KB16(IdFields.GRAN16K),
    KB64(IdFields.GRAN64K);

    private final Bits bit;

    Granule(Bits bit) {
      this.bit = bit;
    }
  }

  /** IDR0.STALL_MODEL. */
  public enum StallModel {
    /** 0b00: stall and terminate. */
    STALL_AND_TERMINATE,
    /** 0b01: every fault terminates. */
    TERMINATE_ONLY,
    /** 0b10: every fault that can stall does. */
    STALL_FORCED,
    /** 0b11. */
    RESERVED
  }

  /** IDR0.S1P. */
  public boolean stage1() {
    return set(IdFields.S1P, idr0);
  }

  /** IDR0.S2P. */
  public boolean stage2() {
    return set(IdFields.S2P, idr0);
  }

  /** IDR0.TTF: 0b01 VMSAv8-32, 0b10 VMSAv8-64, 0b11 both. */
  public int ttf() {
    return get(IdFields.TTF, idr0);
  }

  /** IDR0.COHACC. */
  public boolean cohacc() {
    return set(IdFields.COHACC, idr0);
  }

  /** IDR0.BTM. */
  public boolean btm() {
    return set(IdFields.BTM, idr0);
  }

  /** IDR0.HTTU: 0 none, 1 access flag, 2 and dirty state, 3 and table descriptors. */
  public int httu() {
    return get(IdFields.HTTU, idr0);
  }

  /** IDR0.Hyp. */
  public boolean hyp() {
    return set(IdFields.HYP, idr0);
  }

  /** IDR0.ATS. */
  public boolean ats() {
    return set(IdFields.ATS, idr0);
  }

  /** IDR0.ASID16. */
  public boolean asid16() {
    return set(IdFields.ASID16, idr0);
  }

  /** IDR0.MSI. */
  public boolean msi() {
    return set(IdFields.MSI, idr0);
  }

  /** IDR0.SEV. */
  public boolean sev() {
    return set(IdFields.SEV, idr0);
  }

  /** IDR0.PRI, which is RES0 without ATS. */
  public boolean pri() {
    return ats() && set(IdFields.PRI, idr0);
  }

  /** IDR0.VMID16. */
  public boolean vmid16() {
    return set(IdFields.VMID16, idr0);
  }

  /** IDR0.VMW: VMID wildcards. */
  public boolean vmidWildcards() {
    return set(IdFields.VMW, idr0);
  }

  /** IDR0.ATSRECERR: configuration errors of ATS requests can be recorded. */
  public boolean atsRecErr() {
    return set(IdFields.ATSRECERR, idr0);
  }

  /** IDR0.CD2L: two-level CD tables. */
  public boolean cd2l() {
    return set(IdFields.CD2L, idr0);
  }

  /** IDR0.TTENDIAN: 0b00 mixed, 0b10 little, 0b11 big. */
  public int ttendian() {
    return get(IdFields.TTENDIAN, idr0);
  }

  /** IDR0.STALL_MODEL. */
  public StallModel stallModel() {
    return StallModel.values()[get(IdFields.STALL_MODEL, idr0)];
  }

  /** IDR0.TERM_MODEL: terminated transactions always abort. */
  public boolean termModel() {
    return set(IdFields.TERM_MODEL, idr0);
  }

  /** IDR0.ST_LEVEL: 0 linear, 1 linear and 2-level. */
  public int stLevel() {
    return get(IdFields.ST_LEVEL, idr0);
  }

  /** Whether 2-level Stream tables are supported. */
  public boolean twoLevelStreamTable() {
    return stLevel() == 1;
  }

  /** IDR1.SIDSIZE: StreamID bits, 0..32 (larger encodings are taken as 32). */
  public int sidSize() {
    return Math.min(get(IdFields.SIDSIZE, idr1), Integer.SIZE);
  }

  /** IDR1.SSIDSIZE: SubstreamID bits, 0..20; 0 means no substreams. */
  public int ssidSize() {
    return get(IdFields.SSIDSIZE, idr1);
  }

  /** IDR1.CMDQS: log2 of the largest Command queue's entries, at most 19. */
  public int cmdqsLog2() {
    return get(IdFields.CMDQS, idr1);
  }

  /** IDR1.EVENTQS: log2 of the largest Event queue's entries, at most 19. */
  public int eventqsLog2() {
    return get(IdFields.EVENTQS, idr1);
  }

  /** IDR1.PRIQS: log2 of the largest PRI queue's entries, at most 19. */
  public int priqsLog2() {
    return get(IdFields.PRIQS, idr1);
  }

  /** IDR1.ECMDQ: Enhanced Command queues. */
  public boolean ecmdq() {
    return set(IdFields.ECMDQ, idr1);
  }

  /** IDR1.ATTR_TYPES_OVR. */
  public boolean attributeTypesOverride() {
    return set(IdFields.ATTR_TYPES_OVR, idr1);
  }

  /** IDR1.ATTR_PERMS_OVR. */
  public boolean attributePermissionsOverride() {
    return set(IdFields.ATTR_PERMS_OVR, idr1);
  }

  /** IDR3.RIL: range invalidation and level hints. */
  public boolean rangeInvalidation() {
    return set(IdFields.RIL, idr3);
  }

  /** IDR3.MPAM. */
  public boolean mpam() {
    return set(IdFields.MPAM, idr3);
  }

  /** IDR3.DPT. */
  public boolean dpt() {
    return set(IdFields.DPT, idr3);
  }

  /** IDR5.OAS as a size: 32, 36, 40, 42, 44, 48, 52 or 56 bits. */
  public int oasBits() {
    return OAS_BITS.get(get(IdFields.OAS, idr5));
  }

  /** IDR5.DS: 52-bit addresses with 4KB and 16KB granules. */
  public boolean ds() {
    return set(IdFields.DS, idr5);
  }

  /** IDR5.D128: 128-bit descriptors. */
  public boolean d128() {
    return set(IdFields.D128, idr5);
  }

  /** {@code address} without its bits above the output address size (IHI 0070, 3.4.3). */
  public long truncateToOas(long address) {
    return address & (-1L >>> (Long.SIZE - oasBits()));
  }

  /** IDR5.GRAN*. */
  public Set<Granule> granules() {
    Set<Granule> supported = EnumSet.noneOf(Granule.class);
    for (Granule granule : Granule.values()) {
      if (set(granule.bit, idr5)) {
        supported.add(granule);
      }
    }
    return Set.copyOf(supported);
  }

  /** AIDR.ArchMinorRev: the x of SMMUv3.x. */
  public int archMinorRev() {
    return get(IdFields.ARCH_MINOR_REV, aidr);
  }

  /** With IDR0.ATS; without it PRI and NS1ATS, RES0 then, are cleared too. */
  public IdRegisters withAts(boolean ats) {
    int changed = put(IdFields.ATS, idr0, ats ? 1 : 0);
    return withIdr0(ats ? changed : put(IdFields.NS1ATS, put(IdFields.PRI, changed, 0), 0));
  }

  /** With IDR0.PRI; only meaningful with ATS. */
  public IdRegisters withPri(boolean pri) {
    return withIdr0(put(IdFields.PRI, idr0, pri ? 1 : 0));
  }

  /** With IDR0.MSI. */
  public IdRegisters withMsi(boolean msi) {
    return withIdr0(put(IdFields.MSI, idr0, msi ? 1 : 0));
  }

  /**
   * With IDR0.S2P; without it what says something of stage 2 alone and is irrelevant or RES0 then
   * is cleared too: VMID16, Hyp and VMW of IDR0, XNX, FWB, S2PI and S2PO of IDR3.
   */
  public IdRegisters withStage2(boolean stage2) {
    int changed = put(IdFields.S2P, idr0, stage2 ? 1 : 0);
    if (stage2) {
      return withIdr0(changed);
    }
    return withIdr0(put(IdFields.VMID16, put(IdFields.HYP, put(IdFields.VMW, changed, 0), 0), 0))
        .withIdr3(
            put(
                IdFields.XNX,
                put(IdFields.FWB, put(IdFields.S2PI, put(IdFields.S2PO, idr3, 0), 0), 0),
                0));
  }

  /** With IDR3.RIL. */
  public IdRegisters withRangeInvalidation(boolean ril) {
    return withIdr3(put(IdFields.RIL, idr3, ril ? 1 : 0));
  }

  /**
   * With IDR5.OAS.
   *
   * @throws IllegalArgumentException if {@code bits} is none of 32, 36, 40, 42, 44, 48, 52, 56
   */
  public IdRegisters withOasBits(int bits) {
    int code = OAS_BITS.indexOf(bits);
    if (code < 0) {
      throw new IllegalArgumentException("no output address size of " + bits + " bits");
    }
    return new IdRegisters(idr0, idr1, idr2, idr3, idr4, put(IdFields.OAS, idr5, code), iidr, aidr);
  }

  /**
   * With no more of what the walk of a guest's tables depends on than the SMMU that walks them has:
   * ASID16, COHACC, HAD, BBML and the granules.
   *
   * @param walker the ID registers of the SMMU that walks them
   */
  public IdRegisters withTableFeaturesOf(IdRegisters walker) {
    int newIdr0 = idr0;
    newIdr0 = least(IdFields.ASID16, newIdr0, walker.idr0);
    newIdr0 = least(IdFields.COHACC, newIdr0, walker.idr0);
    int newIdr3 = least(IdFields.BBML, least(IdFields.HAD, idr3, walker.idr3), walker.idr3);
    int newIdr5 = idr5;
    for (Granule granule : Granule.values()) {
      newIdr5 = least(granule.bit, newIdr5, walker.idr5);
    }
    return new IdRegisters(newIdr0, idr1, idr2, newIdr3, idr4, newIdr5, iidr, aidr);
  }

  private static int least(Bits bits, int register, int other) {
    return put(bits, register, Math.min(get(bits, register), get(bits, other)));
  }

  /**
   * With IDR1.SSIDSIZE.
   *
   * @throws IllegalArgumentException unless {@code bits} is 0..20
   */
  public IdRegisters withSsidSize(int bits) {
    if (bits < 0 || bits > MAX_SSID_BITS) {
      throw new IllegalArgumentException("SubstreamIDs have 0..20 bits, not " + bits);
    }
    return withIdr1(put(IdFields.SSIDSIZE, idr1, bits));
  }

  /**
   * With IDR1.SIDSIZE.
   *
   * @throws IllegalArgumentException unless {@code bits} is 0..32
   */
  public IdRegisters withSidSize(int bits) {
    if (bits < 0 || bits > Integer.SIZE) {
      throw new IllegalArgumentException("StreamIDs have 0..32 bits, not " + bits);
    }
    return withIdr1(put(IdFields.SIDSIZE, idr1, bits));
  }

  /** The value of an identification register; 0 for any other register. */
  public long value(Register register) {
    return Integer.toUnsignedLong(
        switch (register) {
          case IDR0 -> idr0;
          case IDR1 -> idr1;
          case IDR2 -> idr2;
          case IDR3 -> idr3;
          case IDR4 -> idr4;
          case IDR5 -> idr5;
          case IIDR -> iidr;
          case AIDR -> aidr;
          default -> 0;
        });
  }

  private IdRegisters withIdr0(int changed) {
    return new IdRegisters(changed, idr1, idr2, idr3, idr4, idr5, iidr, aidr);
  }

  private IdRegisters withIdr1(int changed) {
    return new IdRegisters(idr0, changed, idr2, idr3, idr4, idr5, iidr, aidr);
  }

  private IdRegisters withIdr3(int changed) {
    return new IdRegisters(idr0, idr1, idr2, changed, idr4, idr5, iidr, aidr);
  }

  private static int get(Bits bits, int register) {
    return (int) bits.get(Integer.toUnsignedLong(register));
  }

  private static boolean set(Bits bits, int register) {
    return bits.isSet(Integer.toUnsignedLong(register));
  }

  private static int put(Bits bits, int register, int value) {
    return (int) bits.set(Integer.toUnsignedLong(register), value);
  }
}
