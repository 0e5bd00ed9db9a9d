package io.vsmmu.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Takes inputs, and fails when one of them uses more than {@link FuzzLimits} allows. */
final class Budget {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget target;

  Budget(FuzzTarget target) {
    this.target = target;
  }

  /** Takes one input. */
  void take(byte[] input) throws Exception {
    if (excess(input).isEmpty()) {
      return;
    }
    // Loading and instrumenting classes takes more than any input, and happens once.
    String excess = excess(input);
    Finding.unless(excess.isEmpty(), "%s for an input of %d bytes", excess, input.length);
  }

  /** Takes one input; what it used too much of, empty for nothing. */
  private String excess(byte[] input) throws Exception {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long began = THREADS.getCurrentThreadCpuTime();

    target.take(input);

    long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    long nanos = THREADS.getCurrentThreadCpuTime() - began;
    long most = FuzzLimits.ALLOCATED_BYTES + input.length * FuzzLimits.ALLOCATED_BYTES_PER_BYTE;
    if (bytes > most) {
      return "%d bytes allocated".formatted(bytes);
    }
    return nanos > FuzzLimits.PROCESSOR_TIME.toNanos()
        ? "%d ms of processor time".formatted(nanos / 1_000_000)
        : "";
  }
}
