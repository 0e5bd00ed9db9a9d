package io.vsmmu.gateway.device;

import java.util.concurrent.atomic.LongAdder;

/** What VMMs asked of one vSMMU, counted since the start; for any thread. */
public final class GatewayCounters {

  private final LongAdder registerReads = new LongAdder();
  private final LongAdder registerWrites = new LongAdder();
  private final LongAdder slices = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder messages = new LongAdder();
  private final LongAdder interrupts = new LongAdder();

  /**
   * The counts at one moment.
   *
   * @param registerReads reads of the frame
   * @param registerWrites writes to the frame, doorbells included
   * @param slices slices of the command queue that were read
   * @param entries command queue entries in them
   * @param messages MSIs that were written, those of CMD_SYNC included
   * @param interrupts edges of INTx
   */
  public record Counts(
      long registerReads,
      long registerWrites,
      long slices,
      long entries,
      long messages,
      long interrupts) {}

  /** The counts now. */
  public Counts counts() {
    return new Counts(
        registerReads.sum(),
        registerWrites.sum(),
        slices.sum(),
        entries.sum(),
        messages.sum(),
        interrupts.sum());
  }

  void read() {
    registerReads.increment();
  }

  void write() {
    registerWrites.increment();
  }

  void slice(int size) {
    slices.increment();
    entries.add(size);
  }

  void message() {
    messages.increment();
  }

  void interrupt() {
    interrupts.increment();
  }
}
