package io.vsmmu.host.apply;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;

/** Command queue entries and STEs as a guest writes them. */
final class Entries {

  static final StreamTableEntry ABORT = StreamTableEntry.ofTwoWords(0x1, 0);

  /** V = 0 (IHI 0070, 5.2). */
  static final StreamTableEntry ILLEGAL = StreamTableEntry.ofTwoWords(0, 0);

  static final StreamTableEntry BYPASS = StreamTableEntry.ofTwoWords(0x9, 0);
  static final StreamTableEntry TRANSLATE = translate(0x4000_0000L);

  private Entries() {}

  /** Stage 1 with one CD at this address. */
  static StreamTableEntry translate(long cd) {
    return StreamTableEntry.ofTwoWords(cd | 0xb, 0xe8);
  }

  static CommandEntry sync() {
    return new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode();
  }

  static CommandEntry cfgiSte(int sid) {
    return new ConfigInvalidation.Ste(sid, false, true).encode();
  }

  static CommandEntry cfgiCdAll(int sid) {
    return new ConfigInvalidation.CdAll(sid, false).encode();
  }

  static CommandEntry tlbiVa(long va) {
    return tlbiVa(InvalidationRange.single(va, true));
  }

  static CommandEntry tlbiVa(InvalidationRange range) {
    return new TlbInvalidation.Va(CommandOpcode.TLBI_NH_VA, 0, 7, range).encode();
  }
}
