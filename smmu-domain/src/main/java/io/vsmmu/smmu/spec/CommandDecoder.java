package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;

/** Entry words to command records; every value read from a field fits that field. */
final class CommandDecoder {

  private CommandDecoder() {}

  /** Whether commands with this opcode decode to {@link SmmuCommand.Unsupported}. */
  static boolean isUnsupported(CommandOpcode opcode) {
    return opcode == CommandOpcode.DPTI_ALL || opcode == CommandOpcode.DPTI_PA;
  }

  static SmmuCommand decode(CommandOpcode opcode, long w0, long w1) {
    boolean ssec = CommandFields.SSEC.isSet(w0);
    int sid = get(CommandFields.STREAM_ID, w0);
    return switch (opcode) {
      case PREFETCH_CONFIG -> new PrefetchCommand.Config(sid, ssec, ssv(w0), ssid(w0));
      case PREFETCH_ADDR -> prefetchAddress(w0, w1);
      case CFGI_STE -> new ConfigInvalidation.Ste(sid, ssec, CommandFields.LEAF1.isSet(w1));
      case CFGI_STE_RANGE ->
          new ConfigInvalidation.SteRange(sid, ssec, get(CommandFields.RANGE1, w1));
      case CFGI_CD -> new ConfigInvalidation.Cd(sid, ssec, ssid(w0), CommandFields.LEAF1.isSet(w1));
      case CFGI_CD_ALL -> new ConfigInvalidation.CdAll(sid, ssec);
      case CFGI_VMS_PIDM -> new ConfigInvalidation.VmsPidm(vmid(w0), ssec);
      case TLBI_NH_ALL, TLBI_S12_VMALL, TLBI_S_S12_VMALL ->
          new TlbInvalidation.All(opcode, vmid(w0));
      case TLBI_NSNH_ALL, TLBI_SNH_ALL, TLBI_EL2_ALL, TLBI_EL3_ALL, TLBI_S_EL2_ALL ->
          new TlbInvalidation.All(opcode, 0);
      case TLBI_NH_ASID -> new TlbInvalidation.Asid(opcode, vmid(w0), asid(w0));
      case TLBI_EL2_ASID, TLBI_S_EL2_ASID -> new TlbInvalidation.Asid(opcode, 0, asid(w0));
      case TLBI_NH_VA -> new TlbInvalidation.Va(opcode, vmid(w0), asid(w0), range(w0, w1));
      case TLBI_EL2_VA, TLBI_S_EL2_VA -> new TlbInvalidation.Va(opcode, 0, asid(w0), range(w0, w1));
      case TLBI_EL3_VA -> new TlbInvalidation.Va(opcode, 0, 0, range(w0, w1));
      case TLBI_NH_VAA -> new TlbInvalidation.Vaa(opcode, vmid(w0), range(w0, w1));
      case TLBI_EL2_VAA, TLBI_S_EL2_VAA -> new TlbInvalidation.Vaa(opcode, 0, range(w0, w1));
      case TLBI_S2_IPA, TLBI_S_S2_IPA ->
          new TlbInvalidation.Ipa(
              opcode, vmid(w0), InvalidationRange.decode(w0, CommandFields.IPA1.inPlace(w1), w1));
      case ATC_INV -> atcInvalidate(w0, w1);
      case PRI_RESP ->
          new AtsCommand.PriResponse(
              sid,
              ssv(w0),
              ssid(w0),
              get(CommandFields.PRG_INDEX1, w1),
              get(CommandFields.RESP1, w1));
      case RESUME -> resume(w0, w1);
      case STALL_TERM -> new StallCommand.Terminate(sid, ssec);
      case SYNC -> sync(w0, w1);
      case DPTI_ALL, DPTI_PA -> new SmmuCommand.Unsupported(new CommandEntry(w0, w1));
    };
  }

  private static SmmuCommand prefetchAddress(long w0, long w1) {
    return new PrefetchCommand.Address(
        get(CommandFields.STREAM_ID, w0),
        CommandFields.SSEC.isSet(w0),
        ssv(w0),
        ssid(w0),
        get(CommandFields.PREFETCH_SIZE1, w1),
        get(CommandFields.PREFETCH_STRIDE1, w1),
        CommandFields.ADDRESS1.inPlace(w1));
  }

  private static SmmuCommand atcInvalidate(long w0, long w1) {
    return new AtsCommand.AtcInvalidate(
        get(CommandFields.STREAM_ID, w0),
        ssv(w0),
        ssid(w0),
        CommandFields.GLOBAL.isSet(w0),
        get(CommandFields.ATC_SIZE1, w1),
        CommandFields.ADDRESS1.inPlace(w1));
  }

  private static SmmuCommand resume(long w0, long w1) {
    return new StallCommand.Resume(
        get(CommandFields.STREAM_ID, w0),
        CommandFields.SSEC.isSet(w0),
        get(CommandFields.STAG1, w1),
        CommandFields.ACTION.isSet(w0),
        CommandFields.ABORT.isSet(w0));
  }

  private static SmmuCommand sync(long w0, long w1) {
    return new SmmuCommand.Sync(
        get(CommandFields.CS, w0),
        get(CommandFields.MSH, w0),
        get(CommandFields.MSI_ATTR, w0),
        get(CommandFields.MSI_DATA, w0),
        CommandFields.MSI_ADDRESS1.inPlace(w1));
  }

  private static InvalidationRange range(long w0, long w1) {
    return InvalidationRange.decode(w0, CommandFields.ADDRESS1.inPlace(w1), w1);
  }

  private static boolean ssv(long w0) {
    return CommandFields.SSV.isSet(w0);
  }

  private static int ssid(long w0) {
    return get(CommandFields.SUBSTREAM_ID, w0);
  }

  private static int vmid(long w0) {
    return get(CommandFields.VMID, w0);
  }

  private static int asid(long w0) {
    return get(CommandFields.ASID, w0);
  }

  private static int get(Bits field, long word) {
    return (int) field.get(word);
  }
}
