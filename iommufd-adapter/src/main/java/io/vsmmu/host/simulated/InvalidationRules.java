package io.vsmmu.host.simulated;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands that the kernel lets a guest issue, decoded from the bits of a command (IHI 0070,
 * 4.3 to 4.5; drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c, arm_vsmmu_convert_user_cmd).
 * This class does not use the codecs of {@code smmu-domain}, so that an error in one of the two
 * shows in the tests.
 *
 * @param ats whether the SMMU has ATS
 * @param substreams whether the SMMU has SubstreamIDs
 * @param ranges whether the SMMU has range invalidation
 * @param ds whether the SMMU has 52-bit descriptors
 * @param wideAsids whether the SMMU has 16-bit ASIDs
 */
record InvalidationRules(
    boolean ats, boolean substreams, boolean ranges, boolean ds, boolean wideAsids) {

  static final int CFGI_CD = 0x05;
  static final int CFGI_CD_ALL = 0x06;
  static final int TLBI_NH_ALL = 0x10;
  static final int TLBI_NH_ASID = 0x11;
  static final int TLBI_NH_VA = 0x12;
  static final int TLBI_NH_VAA = 0x13;
  static final int TLBI_NSNH_ALL = 0x30;
  static final int ATC_INV = 0x40;

  static final long OPCODE = 0xFF;
  static final long VMID = 0xFFFFL << 32;
  static final long SID = 0xFFFF_FFFFL << 32;
  static final int VMID_SHIFT = 32;
  static final int SID_SHIFT = 32;

  private static final long ASID = 0xFFFFL << 48;
  private static final long UPPER_ASID = 0xFF00L << 48;
  private static final long NUM = 0x1FL << 12;
  private static final long SCALE = 0x3FL << 20;
  private static final int SCALE_SHIFT = 20;
  private static final long SSV = 1L << 11;
  private static final long GLOBAL = 1L << 9;
  private static final long SSID = 0xF_FFFFL << 12;

  private static final long LEAF = 1;
  private static final long TTL = 0b11L << 8;
  private static final int TTL_SHIFT = 8;
  private static final long TG = 0b11L << 10;
  private static final int TG_SHIFT = 10;
  private static final long ADDRESS = -1L << 12;
  private static final long SIZE = 0x3F;

  private static final long MAX_ATC_SIZE = 52;
  private static final long MAX_SCALE_WITHOUT_DS = 31;
  private static final int TG_16K = 2;

  /** The bits that a command may have set; the others are RES0. */
  private record AllowedBits(long word0, long word1) {}

  private static final Map<Integer, AllowedBits> LAYOUTS =
      Map.of(
          CFGI_CD, new AllowedBits(OPCODE | SSID | SID, LEAF),
          CFGI_CD_ALL, new AllowedBits(OPCODE | SID, 0),
          TLBI_NH_ALL, new AllowedBits(OPCODE | VMID, 0),
          TLBI_NH_ASID, new AllowedBits(OPCODE | VMID | ASID, 0),
          TLBI_NH_VA,
              new AllowedBits(OPCODE | VMID | ASID | NUM | SCALE, LEAF | TTL | TG | ADDRESS),
          TLBI_NH_VAA, new AllowedBits(OPCODE | VMID | NUM | SCALE, LEAF | TTL | TG | ADDRESS),
          TLBI_NSNH_ALL, new AllowedBits(OPCODE, 0),
          ATC_INV, new AllowedBits(OPCODE | GLOBAL | SSV | SSID | SID, SIZE | ADDRESS));

  static InvalidationRules of(Topology.Smmu smmu) {
    int[] idr = smmu.ids().idr();
    return new InvalidationRules(
        IdMask.ATS.get(idr) == 1,
        IdMask.SSIDSIZE.get(idr) > 0,
        IdMask.RIL.get(idr) == 1,
        IdMask.DS.get(idr) == 1,
        IdMask.ASID16.get(idr) == 1);
  }

  static int opcode(long word0) {
    return (int) (word0 & OPCODE);
  }

  static boolean hasStreamId(int opcode) {
    return switch (opcode) {
      case CFGI_CD, CFGI_CD_ALL, ATC_INV -> true;
      default -> false;
    };
  }

  static long streamId(long word0) {
    return word0 >>> SID_SHIFT;
  }

  /** Whether a guest may issue the command, apart from its StreamID. */
  boolean allows(long word0, long word1, InvalidationModel model) {
    @Nullable AllowedBits layout = LAYOUTS.get(opcode(word0));
    if (layout == null || (word0 & ~layout.word0) != 0 || (word1 & ~layout.word1) != 0) {
      return false;
    }
    if (model == InvalidationModel.WHOLE_BLOCKS && (word0 & unsupported(opcode(word0))) != 0) {
      return false;
    }
    return switch (opcode(word0)) {
      case TLBI_NH_VA, TLBI_NH_VAA -> rangeAllowed(word0, word1);
      case ATC_INV -> ats && (word1 & SIZE) <= MAX_ATC_SIZE && substreamAllowed(word0, SSV | SSID);
      case CFGI_CD -> substreamAllowed(word0, SSID);
      default -> true;
    };
  }

  /** Bits for features that this SMMU lacks, which only later kernels check. */
  private long unsupported(int opcode) {
    return switch (opcode) {
      case TLBI_NH_ASID, TLBI_NH_VA -> wideAsids ? 0 : UPPER_ASID;
      case ATC_INV -> substreams ? 0 : GLOBAL;
      default -> 0;
    };
  }

  private boolean substreamAllowed(long word0, long fields) {
    return substreams || (word0 & fields) == 0;
  }

  private boolean rangeAllowed(long word0, long word1) {
    long range = word0 & (NUM | SCALE);
    long granule = (word1 & TG) >>> TG_SHIFT;
    long level = (word1 & TTL) >>> TTL_SHIFT;
    if (granule == 0) {
      return range == 0 && level == 0;
    }
    if (!ranges || (range == 0 && level == 0)) {
      return false;
    }
    boolean scaleNeedsDs = (word0 & SCALE) >>> SCALE_SHIFT > MAX_SCALE_WITHOUT_DS;
    boolean levelNeedsDs = granule == TG_16K && level == 1;
    return ds || (!scaleNeedsDs && !levelNeedsDs);
  }
}
