package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.PageRequest;
import java.util.List;

/** What the SMMU writes to guest memory besides faults: page requests, 16 bytes each; aborts. */
final class OutputCodec {

  private static final int REQUESTS_RECORDS = 1;
  private static final int REQUESTS_LOST = 2;
  private static final int REQUESTS_QUEUED = 3;
  private static final int REQUESTS_PROD = 4;
  private static final int RAISED_ERROR = 1;
  private static final int RAISED_GERROR = 2;

  private OutputCodec() {}

  static void write(WireWriter out, PageRequestsReported event) {
    List<PageRequest> records = event.records();
    if (!records.isEmpty()) {
      out.blockOf(REQUESTS_RECORDS, records.size() * PageRequest.SIZE_BYTES);
      for (PageRequest it : records) {
        out.blockWord(it.word0());
        out.blockWord(it.word1());
      }
    }
    out.word(REQUESTS_LOST, event.lost());
    out.uint32(REQUESTS_QUEUED, event.queued());
    out.word(REQUESTS_PROD, event.prod());
  }

  static PageRequestsReported readRequests(WireReader in) {
    List<PageRequest> records = List.of();
    long lost = 0;
    int queued = 0;
    long prod = 0;
    while (in.next()) {
      switch (in.field()) {
        case REQUESTS_RECORDS -> records = readRecords(in);
        case REQUESTS_LOST -> lost = in.word();
        case REQUESTS_QUEUED -> queued = in.uint32();
        case REQUESTS_PROD -> prod = in.word();
        default -> in.skip();
      }
    }
    return new PageRequestsReported(records, lost, queued, prod);
  }

  private static List<PageRequest> readRecords(WireReader in) {
    PageRequest[] records =
        new PageRequest[in.block(PageRequest.SIZE_BYTES) / PageRequest.SIZE_BYTES];
    for (int i = 0; i < records.length; i++) {
      records[i] = new PageRequest(in.blockWord(), in.blockWord());
    }
    return List.of(records);
  }

  static void write(WireWriter out, GlobalErrorRaised event) {
    out.constant(RAISED_ERROR, EnumNumbers.GLOBAL_ERROR, event.error());
    out.word(RAISED_GERROR, event.gerror());
  }

  static GlobalErrorRaised readRaised(WireReader in) {
    GlobalError error = GlobalError.EVENTQ_ABT_ERR;
    long gerror = 0;
    while (in.next()) {
      switch (in.field()) {
        case RAISED_ERROR -> error = in.constant(EnumNumbers.GLOBAL_ERROR);
        case RAISED_GERROR -> gerror = in.word();
        default -> in.skip();
      }
    }
    return new GlobalErrorRaised(error, gerror);
  }
}
