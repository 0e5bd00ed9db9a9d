package io.vsmmu.bench.host;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.uapi.InvalidationRequest;
import io.vsmmu.host.uapi.Iommufd;
import java.util.List;

/** Invalidations of a vIOMMU from C and through iommufd-adapter, which calls ioctl in two ways. */
final class Invalidations {

  static final List<Integer> BATCHES = List.of(1, 8, 63, 512);
  private static final long TLBI_NH_VA_OF_ASID_1 = 0x12 | 1L << 48;
  private static final int PAGE_SHIFT = 12;

  private final NativeLoop c;
  private final Nesting nesting;
  private final InvalidationRequest jnr;

  Invalidations(NativeLoop c, Nesting nesting) {
    this.c = c;
    this.nesting = nesting;
    this.jnr = Iommufd.over(new JnrCalls(), nesting.iommufd()).invalidation();
  }

  List<Rounds.Result> measure(int entries) throws Exception {
    InvalidationBatch batch = batch(entries);
    int id = nesting.id();
    return new Rounds(
            List.of(
                Contender.c("C", c.loop("invalidate", entries)),
                Contender.java(
                    "IommufdContext.invalidate",
                    () -> complete(nesting.context().invalidate(id, batch))),
                Contender.java("the same over JNR-FFI", () -> complete(jnr.issue(id, batch)))))
        .run();
  }

  private static void complete(InvalidationReport report) {
    if (!report.isComplete()) {
      throw new IllegalStateException("not issued: " + report);
    }
  }

  private static InvalidationBatch batch(int entries) {
    long[] words = new long[2 * entries];
    for (int i = 0; i < entries; i++) {
      words[2 * i] = TLBI_NH_VA_OF_ASID_1;
      words[2 * i + 1] = (long) i << PAGE_SHIFT;
    }
    return InvalidationBatch.of(words);
  }
}
