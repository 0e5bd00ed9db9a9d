package io.vsmmu.smmu.model;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.IdFields;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** SMMUs with and without each feature that the meaning of a field depends on. */
final class SmmuVariants {

  private static final IdRegisters BARE =
      IdRegisters.DEFAULT.withStage2(false).withRangeInvalidation(false).withOasBits(40);

  private static final IdRegisters FULL = Guest.IDS.withPri(true);

  private SmmuVariants() {}

  static SequencedMap<String, IdRegisters> all() {
    SequencedMap<String, IdRegisters> all = new LinkedHashMap<>();
    all.put("as a guest sees it", Guest.IDS);
    all.put("without features", BARE);
    all.put("with ATS, PRI, MSI, substreams", FULL);
    all.put("with 52-bit descriptors", idr5(FULL, IdFields.DS, 1).withOasBits(52));
    all.put("with 128-bit descriptors", idr5(idr5(FULL, IdFields.DS, 1), IdFields.D128, 1));
    all.put("with 2-level CD tables", idr0(FULL, IdFields.CD2L, 1));
    all.put("with stalls", idr0(FULL, IdFields.STALL_MODEL, 0));
    all.put("with 8-bit ASIDs", idr0(FULL, IdFields.ASID16, 0));
    all.put("with few StreamIDs", FULL.withSidSize(6));
    all.put("with EL2", idr0(idr0(FULL, IdFields.HYP, 1), IdFields.BTM, 1));
    all.put("without stage 1", idr0(FULL, IdFields.S1P, 0));
    all.put("linear only", idr0(idr0(FULL, IdFields.ST_LEVEL, 0), IdFields.ATSRECERR, 1));
    all.put("with DPT and MPAM", idr3(idr3(FULL, IdFields.DPT), IdFields.MPAM));
    all.put("with DPT and EL2", idr3(idr0(FULL, IdFields.HYP, 1), IdFields.DPT));
    all.put("with attribute overrides", overrides(FULL));
    return all;
  }

  /** The same and those that only a recording has: with stage 2. */
  static Map<String, IdRegisters> recorded() {
    SequencedMap<String, IdRegisters> all = all();
    all.put("with stage 2", IdRegisters.DEFAULT);
    return all;
  }

  private static IdRegisters idr0(IdRegisters ids, Bits field, int value) {
    int changed = (int) field.set(Integer.toUnsignedLong(ids.idr0()), value);
    return new IdRegisters(
        changed, ids.idr1(), ids.idr2(), ids.idr3(), ids.idr4(), ids.idr5(), 0, ids.aidr());
  }

  private static IdRegisters overrides(IdRegisters ids) {
    long idr1 = IdFields.ATTR_TYPES_OVR.set(ids.idr1(), 1);
    int changed = (int) IdFields.ATTR_PERMS_OVR.set(idr1, 1);
    return new IdRegisters(
        ids.idr0(), changed, ids.idr2(), ids.idr3(), ids.idr4(), ids.idr5(), 0, ids.aidr());
  }

  private static IdRegisters idr3(IdRegisters ids, Bits field) {
    int changed = (int) field.set(Integer.toUnsignedLong(ids.idr3()), 1);
    return new IdRegisters(
        ids.idr0(), ids.idr1(), ids.idr2(), changed, ids.idr4(), ids.idr5(), 0, ids.aidr());
  }

  private static IdRegisters idr5(IdRegisters ids, Bits field, int value) {
    int changed = (int) field.set(Integer.toUnsignedLong(ids.idr5()), value);
    return new IdRegisters(
        ids.idr0(), ids.idr1(), ids.idr2(), ids.idr3(), ids.idr4(), changed, 0, ids.aidr());
  }

  /** Values of a field: none, each bit alone, all, and around the middle. */
  static long[] values(Bits field) {
    long all = -1L >>> (64 - field.width());
    long[] values = new long[field.width() + 5];
    values[1] = all;
    values[2] = all - 1;
    values[3] = all >>> 1;
    values[4] = 3 & all;
    for (int bit = 0; bit < field.width(); bit++) {
      values[5 + bit] = 1L << bit;
    }
    return values;
  }
}
