package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.spec.IdRegister.AIDR;
import static io.vsmmu.smmu.spec.IdRegister.IDR0;
import static io.vsmmu.smmu.spec.IdRegister.IDR1;
import static io.vsmmu.smmu.spec.IdRegister.IDR2;
import static io.vsmmu.smmu.spec.IdRegister.IDR3;
import static io.vsmmu.smmu.spec.IdRegister.IDR4;
import static io.vsmmu.smmu.spec.IdRegister.IDR5;
import static io.vsmmu.smmu.spec.IdRegister.IIDR;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * Every field of the identification registers (IHI 0070, 6.3.1 to 6.3.8), each once: the register,
 * the bits and the values that are not Reserved. A comment says what a value means where the name
 * does not; what a value means as a number with a unit is an accessor of {@link IdRegisters}.
 */
public enum IdField {
  S2P(IDR0, 0),
  S1P(IDR0, 1),
  /** Formats of translation tables: 1 VMSAv8-32 LPAE, 2 VMSAv8-64, 3 both. */
  TTF(IDR0, 3, 2, atLeast(1)),
  /** Coherent access to translation tables, structures and queues. */
  COHACC(IDR0, 4),
  /** Receives broadcast TLB invalidations of PEs. */
  BTM(IDR0, 5),
  /**
   * Hardware update of translation tables: 0 none, 1 Access flag, 2 and dirty state, 3 and the
   * Access flag of Table descriptors.
   */
  HTTU(IDR0, 7, 6, any()),
  DORMHINT(IDR0, 8),
  /** Stage 1 contexts of EL2; RES0 unless both stages are supported. */
  HYP("Hyp", IDR0, 9, 9, any()),
  ATS(IDR0, 10),
  /** Split-stage ATS is <em>not</em> supported; RES0 without ATS or without one of the stages. */
  NS1ATS(IDR0, 11),
  ASID16(IDR0, 12),
  MSI(IDR0, 13),
  /** CMD_SYNC can wake PEs from WFE. */
  SEV(IDR0, 14),
  /** Address translation operations. */
  ATOS(IDR0, 15),
  /** PCIe Page Request Interface; RES0 without ATS. */
  PRI(IDR0, 16),
  /** VMID wildcards in TLB invalidations; RES0 without stage 2. */
  VMW(IDR0, 17),
  VMID16(IDR0, 18),
  /** The SMMU supports two-level CD tables. */
  CD2L(IDR0, 19),
  VATOS(IDR0, 20),
  /** Endianness of table walks: 0 either, 2 little, 3 big. */
  TTENDIAN(IDR0, 22, 21, value -> value != 1),
  /** Records more configuration errors of ATS and PRI requests; RES0 without ATS. */
  ATSRECERR(IDR0, 23),
  /** 0: a fault stalls or terminates; 1: it terminates; 2: every fault that can stall does. */
  STALL_MODEL(IDR0, 25, 24, atMost(2)),
  /** 0: CD.A chooses whether a terminated transaction aborts or is RAZ/WI; 1: it aborts. */
  TERM_MODEL(IDR0, 26),
  /** Stream tables: 0 linear, 1 also two-level. */
  ST_LEVEL(IDR0, 28, 27, atMost(1)),
  RME_IMPL(IDR0, 30),

  /** Width of StreamIDs in bits, 0 to 32. */
  SIDSIZE(IDR1, 5, 0, atMost(Integer.SIZE)),
  /** SubstreamID bits; 0 for no substreams. */
  SSIDSIZE(IDR1, 10, 6, atMost(IdRegisters.MAX_SSID_BITS)),
  /** log2 of the largest PRI queue's entries; IMPLEMENTATION SPECIFIC without PRI. */
  PRIQS(IDR1, 15, 11, atMost(QueuePointer.MAX_LOG2_SIZE)),
  /** log2 of the largest Event queue's entries. */
  EVENTQS(IDR1, 20, 16, atMost(QueuePointer.MAX_LOG2_SIZE)),
  /** log2 of the largest Command queue's entries. */
  CMDQS(IDR1, 25, 21, atMost(QueuePointer.MAX_LOG2_SIZE)),
  ATTR_PERMS_OVR(IDR1, 26),
  ATTR_TYPES_OVR(IDR1, 27),
  /** Preset bases are offsets from page 0; RES0 without a preset. */
  REL(IDR1, 28),
  QUEUES_PRESET(IDR1, 29),
  TABLES_PRESET(IDR1, 30),
  /** The SMMU has Enhanced Command queues. */
  ECMDQ(IDR1, 31),

  /** Page of the VATOS registers, an offset of 64KB pages. */
  BA_VATOS(IDR2, 9, 0, any()),

  /** Hierarchical attribute disable. */
  HAD(IDR3, 2),
  PBHA(IDR3, 3),
  XNX(IDR3, 4),
  PPS(IDR3, 5),
  MPAM(IDR3, 7),
  /** Stage 2 control of memory types (S2FWB). */
  FWB(IDR3, 8),
  STT(IDR3, 9),
  /** Range-based TLB invalidation and level hints. */
  RIL(IDR3, 10),
  /** Level of support for changes of a block's size without break-before-make. */
  BBML(IDR3, 12, 11, atMost(2)),
  E0PD(IDR3, 13),
  PTWNNC(IDR3, 14),
  DPT(IDR3, 15),
  PASIDTT(IDR3, 16),
  EPAN(IDR3, 17),
  S1PI(IDR3, 18),
  S2PI(IDR3, 19),
  S2PO(IDR3, 20),
  THE(IDR3, 21),
  MTEPERM(IDR3, 22),
  AIE(IDR3, 23),

  IMPLEMENTATION_DEFINED(IDR4, 31, 0, any()),

  /** Output address size, encoded as {@link OutputAddressSize} says. */
  OAS(IDR5, 2, 0, any()),
  GRAN4K(IDR5, 4),
  GRAN16K(IDR5, 5),
  GRAN64K(IDR5, 6),
  /** 52-bit addresses with the 4KB and 16KB granules. */
  DS(IDR5, 7),
  /** The SMMU supports 128-bit translation table descriptors. */
  D128(IDR5, 8),
  /** Virtual addresses: 0 up to 48 bits, 1 up to 52, 2 up to 56. */
  VAX(IDR5, 11, 10, atMost(2)),
  /** The most transactions that are stalled at once. */
  STALL_MAX(IDR5, 31, 16, any()),

  IMPLEMENTER("Implementer", IIDR, 11, 0, any()),
  REVISION("Revision", IIDR, 15, 12, any()),
  VARIANT("Variant", IIDR, 19, 16, any()),
  PRODUCT_ID("ProductID", IIDR, 31, 20, any()),

  /** Minor revision of the architecture: the x of SMMUv3.x. */
  ARCH_MINOR_REV("ArchMinorRev", AIDR, 3, 0, any()),
  ARCH_MAJOR_REV("ArchMajorRev", AIDR, 7, 4, any());

  private static final Map<IdRegister, FieldTable> TABLES = tables();

  private final IdRegister register;
  private final Bits bits;
  private final IntPredicate allowed;

  IdField(IdRegister register, int bit) {
    this(register, bit, bit, any());
  }

  IdField(IdRegister register, int msb, int lsb, IntPredicate allowed) {
    this.register = register;
    this.bits = Bits.field(name(), msb, lsb);
    this.allowed = allowed;
  }

  /** For a field that the specification does not write in capitals. */
  IdField(String specName, IdRegister register, int msb, int lsb, IntPredicate allowed) {
    this.register = register;
    this.bits = Bits.field(specName, msb, lsb);
    this.allowed = allowed;
  }

  public IdRegister register() {
    return register;
  }

  /** Name and position within the register. */
  public Bits bits() {
    return bits;
  }

  /** The field with its register, such as {@code IDR5.OAS}. */
  public String fullName() {
    return register + "." + bits.name();
  }

  /** Whether the specification gives the value a meaning: it fits the field and is not Reserved. */
  public boolean allows(int value) {
    return bits.holds(Integer.toUnsignedLong(value)) && allowed.test(value);
  }

  static FieldTable table(IdRegister register) {
    return Objects.requireNonNull(TABLES.get(register));
  }

  private static Map<IdRegister, FieldTable> tables() {
    Map<IdRegister, FieldTable> tables = new EnumMap<>(IdRegister.class);
    for (IdRegister register : IdRegister.values()) {
      tables.put(
          register,
          FieldTable.of32(
              Arrays.stream(values())
                  .filter(field -> field.register == register)
                  .map(IdField::bits)
                  .toArray(Bits[]::new)));
    }
    return tables;
  }

  private static IntPredicate any() {
    return _ -> true;
  }

  private static IntPredicate atMost(int most) {
    return value -> value <= most;
  }

  private static IntPredicate atLeast(int least) {
    return value -> value >= least;
  }
}
