package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;

/** Command queue entries and STEs as a guest writes them. */
final class Commands {

  static final StreamTableEntry INVALID = StreamTableEntry.ofTwoWords(0, 0);
  static final StreamTableEntry ABORT = StreamTableEntry.ofTwoWords(0x1, 0);
  static final StreamTableEntry BYPASS = StreamTableEntry.ofTwoWords(0x9, 0);

  /** Stage 1, one CD at 0x4000_0000. */
  static final StreamTableEntry TRANSLATE = StreamTableEntry.ofTwoWords(0x4000_000bL, 0xe8);

  /** The same with its CD at 0x5000_0000. */
  static final StreamTableEntry TRANSLATE_ELSEWHERE =
      StreamTableEntry.ofTwoWords(0x5000_000bL, 0xe8);

  static final StreamTableEntry STAGE2 = StreamTableEntry.ofTwoWords(0xd, 0);
  static final StreamTableEntry NESTED = StreamTableEntry.ofTwoWords(0x4000_000fL, 0);

  private Commands() {}

  static CommandEntry sync() {
    return sync(SmmuCommand.Sync.CS_NONE);
  }

  static CommandEntry sync(int cs) {
    return new SmmuCommand.Sync(cs, 0, 0, 0, 0).encode();
  }

  static CommandEntry cfgiSte(int sid) {
    return new ConfigInvalidation.Ste(sid, false, true).encode();
  }

  static CommandEntry cfgiRange(int sid, int range) {
    return new ConfigInvalidation.SteRange(sid, false, range).encode();
  }

  static CommandEntry cfgiAll() {
    return cfgiRange(0, ConfigInvalidation.RANGE_ALL);
  }

  static CommandEntry cfgiCd(int sid, int ssid) {
    return new ConfigInvalidation.Cd(sid, false, ssid, true).encode();
  }

  static CommandEntry cfgiCdAll(int sid) {
    return new ConfigInvalidation.CdAll(sid, false).encode();
  }

  static CommandEntry tlbiAll() {
    return new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0).encode();
  }

  static CommandEntry tlbiAsid(int asid) {
    return new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, 0, asid).encode();
  }

  static CommandEntry tlbiVa(int asid, long va) {
    return tlbiVa(asid, InvalidationRange.single(va, true));
  }

  static CommandEntry tlbiVa(int asid, InvalidationRange range) {
    return new TlbInvalidation.Va(CommandOpcode.TLBI_NH_VA, 0, asid, range).encode();
  }

  static CommandEntry atcInv(int sid) {
    return new AtsCommand.AtcInvalidate(sid, false, 0, false, 52, 0).encode();
  }

  /** An entry of this opcode whose other fields are zero. */
  static CommandEntry bare(CommandOpcode opcode) {
    return new CommandEntry(opcode.code(), 0);
  }

  static CommandEntry illegal() {
    return new CommandEntry(0, 0);
  }
}
