package io.vsmmu.bench;

import com.sun.management.ThreadMXBean;
import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.smmu.spec.Register;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * READ: a register read through the whole vfio-user path, relative to an echo over the same kind of
 * socket. It must be measured first, because later measurements compile more code than the
 * service's warm-up does.
 */
final class RegisterReads {

  private static final String NAME = "read";
  private static final int FIRST = 100;
  private static final int ROUNDS = 6;
  private static final int READS = 20_000;
  private static final List<Register> READ =
      List.of(Register.CMDQ_CONS, Register.CR0ACK, Register.GERROR, Register.IDR0);

  private final InProcessService service;
  private int next;

  RegisterReads(InProcessService service) {
    this.service = service;
  }

  List<Ratio> measure() throws Exception {
    try (RawVmm vmm = service.connected(NAME);
        Echo echo = new Echo()) {
      Samples first = new Samples();
      first.take(FIRST, () -> read(vmm));
      Samples echoes = new Samples();
      Samples reads = new Samples();
      long allocated = 0;
      for (int round = 0; round < ROUNDS; round++) {
        echoes.take(READS, echo::roundTrip);
        long before = allocated();
        reads.take(READS, () -> read(vmm));
        allocated += allocated() - before;
      }
      return ratios(first, reads, echoes, allocated / (double) (ROUNDS * READS));
    }
  }

  private static List<Ratio> ratios(
      Samples first, Samples reads, Samples echoes, double bytesPerRead) {
    double echo = echoes.micros(0.5);
    return List.of(
        new Ratio(
            "READ",
            "p50 us of a register read : p50 of an echo",
            reads.micros(0.5),
            echo,
            Goal.NONE),
        new Ratio(
            "READ",
            "p99 us of a register read : p99 of an echo",
            reads.micros(0.99),
            echoes.micros(0.99),
            Goal.NONE),
        new Ratio(
            "READ", "p50 us of the first 100 : p50 of an echo", first.micros(0.5), echo, Goal.NONE),
        new Ratio(
            "READ",
            "slowest of the first 100, us : p50 of an echo",
            first.micros(1),
            echo,
            Goal.NONE),
        new Ratio("READ", "bytes allocated per read", bytesPerRead, 1, new Goal.AtMost(0)));
  }

  private void read(RawVmm vmm) throws IOException {
    vmm.read(READ.get(next).offset());
    next = (next + 1) % READ.size();
  }

  /** Bytes allocated by the thread of the connection so far. */
  private static long allocated() {
    long id =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("vmm-" + NAME))
            .findFirst()
            .orElseThrow()
            .threadId();
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(id);
  }
}
