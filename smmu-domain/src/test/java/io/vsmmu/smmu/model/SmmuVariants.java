package io.vsmmu.smmu.model;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** SMMUs with and without each feature that the meaning of a field depends on. */
final class SmmuVariants {

  private static final IdRegisters BARE =
      IdRegisters.DEFAULT.withStage2(false).withRangeInvalidation(false).withOasBits(40);

  private static final IdRegisters FULL = Guest.IDS.with(IdField.PRI, 1);

  private SmmuVariants() {}

  static SequencedMap<String, IdRegisters> all() {
    SequencedMap<String, IdRegisters> all = new LinkedHashMap<>();
    all.put("as a guest sees it", Guest.IDS);
    all.put("without features", BARE);
    all.put("with ATS, PRI, MSI, substreams", FULL);
    all.put("with 52-bit descriptors", FULL.with(IdField.DS, 1).withOasBits(52));
    all.put("with 128-bit descriptors", FULL.with(IdField.DS, 1).with(IdField.D128, 1));
    all.put("with 2-level CD tables", FULL.with(IdField.CD2L, 1));
    all.put("with stalls", FULL.with(IdField.STALL_MODEL, 0));
    all.put("with 8-bit ASIDs", FULL.with(IdField.ASID16, 0));
    all.put("with few StreamIDs", FULL.with(IdField.SIDSIZE, 6));
    all.put("with EL2", FULL.with(IdField.HYP, 1).with(IdField.BTM, 1));
    all.put("without stage 1", FULL.with(IdField.S1P, 0));
    all.put("linear only", FULL.with(IdField.ST_LEVEL, 0).with(IdField.ATSRECERR, 1));
    all.put("with DPT and MPAM", FULL.with(IdField.DPT, 1).with(IdField.MPAM, 1));
    all.put("with DPT and EL2", FULL.with(IdField.HYP, 1).with(IdField.DPT, 1));
    all.put(
        "with attribute overrides",
        FULL.with(IdField.ATTR_TYPES_OVR, 1).with(IdField.ATTR_PERMS_OVR, 1));
    return all;
  }

  /** The same and those that only a recording has: with stage 2. */
  static Map<String, IdRegisters> recorded() {
    SequencedMap<String, IdRegisters> all = all();
    all.put("with stage 2", IdRegisters.DEFAULT);
    return all;
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
