package io.vsmmu.host.simulated;

/**
 * The fields of SMMU_IDR0 to SMMU_IDR5 that a simulated host reads, or that a test sets (IHI 0070,
 * 6.3.1 to 6.3.6).
 *
 * <p>These positions are written down a second time on purpose. The simulated host is the oracle of
 * the tests: it decides by the raw words, as a kernel does, and does not use the field table of
 * {@code smmu-domain} ({@code io.vsmmu.smmu.spec.IdField}), so that an error in one of the two
 * shows. {@code IdMaskTest} compares them.
 */
public enum IdMask {
  S2P(0, 0, 0),
  S1P(0, 1, 1),
  /** Translation table formats: 1 AArch32, 2 AArch64, 3 both. */
  TTF(0, 3, 2),
  /** Coherent access to structures and tables. */
  COHACC(0, 4, 4),
  /** Hardware update of flags: 0 none, 1 Access, 2 Access and Dirty. */
  HTTU(0, 7, 6),
  /** Address translation services. */
  ATS(0, 10, 10),
  /** 16-bit ASIDs: without it the host ignores bits 15:8 of a CD's ASID. */
  ASID16(0, 12, 12),
  /** Message signalled interrupts. */
  MSI(0, 13, 13),
  VMID16(0, 18, 18),
  /** The SMMU supports two-level CD tables. */
  CD2L(0, 19, 19),
  /** Endianness of table walks: 0 mixed, 2 little, 3 big. */
  TTENDIAN(0, 22, 21),
  /** Stall model: 0 faults stall or terminate, 1 they terminate, 2 they stall. */
  STALL_MODEL(0, 25, 24),
  /** Termination model: 0 a CD chooses between abort and RAZ/WI, 1 abort alone. */
  TERM_MODEL(0, 26, 26),
  /** Stream table levels: 0 linear, 1 two-level as well. */
  ST_LEVEL(0, 28, 27),
  /** Width of StreamIDs in bits, 0 to 32. */
  SIDSIZE(1, 5, 0),
  /** SubstreamID width in bits, 0 for none. */
  SSIDSIZE(1, 10, 6),
  /** Event queue size, log2 of entries. */
  EVENTQS(1, 20, 16),
  /** Command queue size, log2 of entries. */
  CMDQS(1, 25, 21),
  /** Hierarchical attribute disable: tables may have other bits where attributes were. */
  HAD(3, 2, 2),
  /** Stage 2 can force write-back. */
  FWB(3, 8, 8),
  /** TLBI commands may name a range. */
  RIL(3, 10, 10),
  /** Level of support for changes of block size without break-before-make, 0 to 2. */
  BBML(3, 12, 11),
  /** Output address size, encoded: 0 for 32 bits to 7 for 56. */
  OAS(5, 2, 0),
  GRAN4K(5, 4, 4),
  GRAN16K(5, 5, 5),
  GRAN64K(5, 6, 6),
  /** 52-bit descriptors for 4 KiB and 16 KiB granules. */
  DS(5, 7, 7),
  /** Virtual address size: 0 for 48 bits, 1 for 52. */
  VAX(5, 11, 10);

  private final int register;
  private final int msb;
  private final int lsb;

  IdMask(int register, int msb, int lsb) {
    this.register = register;
    this.msb = msb;
    this.lsb = lsb;
  }

  /**
   * The field's value, right-aligned.
   *
   * @param idr IDR0 to IDR5 in order
   */
  public int get(int[] idr) {
    return (idr[register] >>> lsb) & mask();
  }

  /**
   * Sets the field.
   *
   * @param idr IDR0 to IDR5 in order; changed in place
   * @param value its low bits, as many as the field has, are taken
   */
  public void set(int[] idr, int value) {
    idr[register] = (idr[register] & ~(mask() << lsb)) | ((value & mask()) << lsb);
  }

  private int mask() {
    return (1 << (msb - lsb + 1)) - 1;
  }
}
