package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/** Fields of the identification registers, IHI 0070, 6.3.1 to 6.3.8. */
public final class IdFields {

  public static final Bits S2P = bit("S2P", 0);
  public static final Bits S1P = bit("S1P", 1);
  public static final Bits TTF = field("TTF", 3, 2);
  public static final Bits COHACC = bit("COHACC", 4);
  public static final Bits BTM = bit("BTM", 5);
  public static final Bits HTTU = field("HTTU", 7, 6);
  public static final Bits DORMHINT = bit("DORMHINT", 8);
  public static final Bits HYP = bit("Hyp", 9);
  public static final Bits ATS = bit("ATS", 10);
  public static final Bits NS1ATS = bit("NS1ATS", 11);
  public static final Bits ASID16 = bit("ASID16", 12);
  public static final Bits MSI = bit("MSI", 13);
  public static final Bits SEV = bit("SEV", 14);
  public static final Bits ATOS = bit("ATOS", 15);
  public static final Bits PRI = bit("PRI", 16);
  public static final Bits VMW = bit("VMW", 17);
  public static final Bits VMID16 = bit("VMID16", 18);
  public static final Bits CD2L = bit("CD2L", 19);
  public static final Bits VATOS = bit("VATOS", 20);
  public static final Bits TTENDIAN = field("TTENDIAN", 22, 21);
  public static final Bits ATSRECERR = bit("ATSRECERR", 23);
  public static final Bits STALL_MODEL = field("STALL_MODEL", 25, 24);
  public static final Bits TERM_MODEL = bit("TERM_MODEL", 26);
  public static final Bits ST_LEVEL = field("ST_LEVEL", 28, 27);
  public static final Bits RME_IMPL = bit("RME_IMPL", 30);

  /** IDR0, 6.3.1. */
  public static final FieldTable IDR0 =
      FieldTable.of32(
          S2P,
          S1P,
          TTF,
          COHACC,
          BTM,
          HTTU,
          DORMHINT,
          HYP,
          ATS,
          NS1ATS,
          ASID16,
          MSI,
          SEV,
          ATOS,
          PRI,
          VMW,
          VMID16,
          CD2L,
          VATOS,
          TTENDIAN,
          ATSRECERR,
          STALL_MODEL,
          TERM_MODEL,
          ST_LEVEL,
          RME_IMPL);

  public static final Bits SIDSIZE = field("SIDSIZE", 5, 0);
  public static final Bits SSIDSIZE = field("SSIDSIZE", 10, 6);
  public static final Bits PRIQS = field("PRIQS", 15, 11);
  public static final Bits EVENTQS = field("EVENTQS", 20, 16);
  public static final Bits CMDQS = field("CMDQS", 25, 21);
  public static final Bits ATTR_PERMS_OVR = bit("ATTR_PERMS_OVR", 26);
  public static final Bits ATTR_TYPES_OVR = bit("ATTR_TYPES_OVR", 27);
  public static final Bits REL = bit("REL", 28);
  public static final Bits QUEUES_PRESET = bit("QUEUES_PRESET", 29);
  public static final Bits TABLES_PRESET = bit("TABLES_PRESET", 30);
  public static final Bits ECMDQ = bit("ECMDQ", 31);

  /** IDR1, 6.3.2. */
  public static final FieldTable IDR1 =
      FieldTable.of32(
          SIDSIZE,
          SSIDSIZE,
          PRIQS,
          EVENTQS,
          CMDQS,
          ATTR_PERMS_OVR,
          ATTR_TYPES_OVR,
          REL,
          QUEUES_PRESET,
          TABLES_PRESET,
          ECMDQ);

  /** IDR2, 6.3.3. */
  public static final FieldTable IDR2 = FieldTable.of32(field("BA_VATOS", 9, 0));

  public static final Bits HAD = bit("HAD", 2);
  public static final Bits PBHA = bit("PBHA", 3);
  public static final Bits XNX = bit("XNX", 4);
  public static final Bits PPS = bit("PPS", 5);
  public static final Bits MPAM = bit("MPAM", 7);
  public static final Bits FWB = bit("FWB", 8);
  public static final Bits STT = bit("STT", 9);
  public static final Bits RIL = bit("RIL", 10);
  public static final Bits BBML = field("BBML", 12, 11);
  public static final Bits E0PD = bit("E0PD", 13);
  public static final Bits PTWNNC = bit("PTWNNC", 14);
  public static final Bits DPT = bit("DPT", 15);
  public static final Bits PASIDTT = bit("PASIDTT", 16);
  public static final Bits EPAN = bit("EPAN", 17);
  public static final Bits S1PI = bit("S1PI", 18);
  public static final Bits S2PI = bit("S2PI", 19);
  public static final Bits S2PO = bit("S2PO", 20);
  public static final Bits THE = bit("THE", 21);
  public static final Bits MTEPERM = bit("MTEPERM", 22);
  public static final Bits AIE = bit("AIE", 23);

  /** IDR3, 6.3.4. */
  public static final FieldTable IDR3 =
      FieldTable.of32(
          HAD, PBHA, XNX, PPS, MPAM, FWB, STT, RIL, BBML, E0PD, PTWNNC, DPT, PASIDTT, EPAN, S1PI,
          S2PI, S2PO, THE, MTEPERM, AIE);

  /** IDR4, 6.3.5: wholly IMPLEMENTATION DEFINED. */
  public static final FieldTable IDR4 = FieldTable.of32(field("IMPLEMENTATION_DEFINED", 31, 0));

  public static final Bits OAS = field("OAS", 2, 0);
  public static final Bits GRAN4K = bit("GRAN4K", 4);
  public static final Bits GRAN16K = bit("GRAN16K", 5);
  public static final Bits GRAN64K = bit("GRAN64K", 6);
  public static final Bits DS = bit("DS", 7);
  public static final Bits D128 = bit("D128", 8);
  public static final Bits VAX = field("VAX", 11, 10);
  public static final Bits STALL_MAX = field("STALL_MAX", 31, 16);

  /** IDR5, 6.3.6. */
  public static final FieldTable IDR5 =
      FieldTable.of32(OAS, GRAN4K, GRAN16K, GRAN64K, DS, D128, VAX, STALL_MAX);

  /** IIDR, 6.3.7. */
  public static final FieldTable IIDR =
      FieldTable.of32(
          field("Implementer", 11, 0),
          field("Revision", 15, 12),
          field("Variant", 19, 16),
          field("ProductID", 31, 20));

  public static final Bits ARCH_MINOR_REV = field("ArchMinorRev", 3, 0);
  public static final Bits ARCH_MAJOR_REV = field("ArchMajorRev", 7, 4);

  /** AIDR, 6.3.8. */
  public static final FieldTable AIDR = FieldTable.of32(ARCH_MINOR_REV, ARCH_MAJOR_REV);

  private IdFields() {}
}
