package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.spec.EventRecord;
import java.util.List;

/** Faults of the guest's streams: records as they lie in the Event queue, 32 bytes each. */
final class FaultCodec {

  private static final int RECORDS = 1;
  private static final int LOST = 2;
  private static final int QUEUED = 3;
  private static final int PROD = 4;

  private FaultCodec() {}

  static void write(WireWriter out, FaultsReported event) {
    List<EventRecord> records = event.records();
    if (!records.isEmpty()) {
      out.blockOf(RECORDS, records.size() * EventRecord.SIZE_BYTES);
      for (EventRecord it : records) {
        out.blockWord(it.word0());
        out.blockWord(it.word1());
        out.blockWord(it.word2());
        out.blockWord(it.word3());
      }
    }
    out.word(LOST, event.lost());
    out.uint32(QUEUED, event.queued());
    out.word(PROD, event.prod());
  }

  static FaultsReported read(WireReader in) {
    List<EventRecord> records = List.of();
    long lost = 0;
    int queued = 0;
    long prod = 0;
    while (in.next()) {
      switch (in.field()) {
        case RECORDS -> records = readRecords(in);
        case LOST -> lost = in.word();
        case QUEUED -> queued = in.uint32();
        case PROD -> prod = in.word();
        default -> in.skip();
      }
    }
    return new FaultsReported(records, lost, queued, prod);
  }

  private static List<EventRecord> readRecords(WireReader in) {
    EventRecord[] records =
        new EventRecord[in.block(EventRecord.SIZE_BYTES) / EventRecord.SIZE_BYTES];
    for (int i = 0; i < records.length; i++) {
      records[i] = new EventRecord(in.blockWord(), in.blockWord(), in.blockWord(), in.blockWord());
    }
    return List.of(records);
  }
}
