package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.vsmmu.smmu.spec.Register;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Guests read registers all the time: an answer costs no memory. */
class RegisterReadCostTest {

  private static final int READS = 200_000;

  /** Far less than one object for each read; what the measurement itself takes is in it. */
  private static final long MOST_BYTES = READS;

  @Test
  void reads_of_any_offset_allocate_nothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    VsmmuState state = Guest.booted().state();
    long sum = reads(state);

    long before = threads.getCurrentThreadAllocatedBytes();
    sum += reads(state);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(sum).isNotZero();
    assertThat(bytes).isNotNegative().isLessThan(MOST_BYTES);
  }

  private static long reads(VsmmuState state) {
    Register[] registers = Register.values();
    long sum = 0;
    for (int i = 0; i < READS; i++) {
      int offset = registers[i % registers.length].offset() + (i & 3);
      sum += state.read(offset, (i & 4) == 0 ? 4 : 8);
    }
    return sum;
  }
}
