package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Knowledge;

/** Configurations of streams. */
final class StreamCodec {

  private static final int STREAM_ID = 1;
  private static final int CONFIGURATION = 2;
  private static final int EFFECTIVE = 3;
  private static final int STE = 4;
  private static final int KNOWLEDGE = 5;
  private static final int REASON = 6;
  private static final int ENTRY = 7;
  private static final int FAULT = 8;
  private static final int HWPT = 9;
  private static final int ALLOCATES_HWPT = 10;
  private static final int HOST_WORD0 = 11;
  private static final int HOST_WORD1 = 12;
  private static final int FREES_HWPT = 13;

  private StreamCodec() {}

  static void write(WireWriter out, StreamConfigured event) {
    out.uint32(STREAM_ID, event.streamId());
    out.constant(CONFIGURATION, EnumNumbers.BEHAVIOUR, event.configuration());
    out.constant(EFFECTIVE, EnumNumbers.BEHAVIOUR, event.effective());
    StructureCodec.writeSte(out, STE, event.ste());
    out.constant(KNOWLEDGE, EnumNumbers.KNOWLEDGE, event.knowledge());
    out.constant(REASON, EnumNumbers.REASON, event.reason());
    out.signed(ENTRY, event.entry());
    out.uint32(FAULT, event.fault());
    out.word(HWPT, event.hwpt());
    out.bool(ALLOCATES_HWPT, event.allocatesHwpt());
    out.word(HOST_WORD0, event.hostWord0());
    out.word(HOST_WORD1, event.hostWord1());
    out.word(FREES_HWPT, event.freesHwpt());
  }

  static StreamConfigured read(WireReader in) {
    int streamId = 0;
    StreamBehaviour configuration = StreamBehaviour.ABORT;
    StreamBehaviour effective = StreamBehaviour.ABORT;
    StreamTableEntry ste = StructureCodec.NO_STE;
    Knowledge knowledge = Knowledge.FULL;
    Reason reason = Reason.CFGI_STE;
    int entry = 0;
    int fault = 0;
    long hwpt = 0;
    boolean allocatesHwpt = false;
    long hostWord0 = 0;
    long hostWord1 = 0;
    long freesHwpt = 0;
    while (in.next()) {
      switch (in.field()) {
        case STREAM_ID -> streamId = in.uint32();
        case CONFIGURATION -> configuration = in.constant(EnumNumbers.BEHAVIOUR);
        case EFFECTIVE -> effective = in.constant(EnumNumbers.BEHAVIOUR);
        case STE -> ste = StructureCodec.readSte(in);
        case KNOWLEDGE -> knowledge = in.constant(EnumNumbers.KNOWLEDGE);
        case REASON -> reason = in.constant(EnumNumbers.REASON);
        case ENTRY -> entry = in.signed32();
        case FAULT -> fault = in.uint32();
        case HWPT -> hwpt = in.word();
        case ALLOCATES_HWPT -> allocatesHwpt = in.bool();
        case HOST_WORD0 -> hostWord0 = in.word();
        case HOST_WORD1 -> hostWord1 = in.word();
        case FREES_HWPT -> freesHwpt = in.word();
        default -> in.skip();
      }
    }
    return new StreamConfigured(
        streamId,
        configuration,
        effective,
        ste,
        knowledge,
        reason,
        entry,
        fault,
        hwpt,
        allocatesHwpt,
        hostWord0,
        hostWord1,
        freesHwpt);
  }
}
