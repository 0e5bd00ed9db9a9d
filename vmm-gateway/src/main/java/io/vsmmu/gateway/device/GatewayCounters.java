package io.vsmmu.gateway.device;

import java.util.concurrent.atomic.LongAdder;

/** Counts the accesses of VMMs to one vSMMU since the service's start. Thread-safe. */
public final class GatewayCounters {

  private final LongAdder registerReads = new LongAdder();
  private final LongAdder registerWrites = new LongAdder();
  private final LongAdder slices = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder msis = new LongAdder();
  private final LongAdder intxEdges = new LongAdder();

  /**
   * The counts.
   *
   * @param registerReads reads of the register frame
   * @param registerWrites writes to the register frame, doorbells included
   * @param slices slices that were read from the command queue
   * @param entries command queue entries in these slices
   * @param msis MSIs, those of CMD_SYNC included
   * @param intxEdges edges of INTx
   */
  public record Counts(
      long registerReads,
      long registerWrites,
      long slices,
      long entries,
      long msis,
      long intxEdges) {}

  public Counts counts() {
    return new Counts(
        registerReads.sum(),
        registerWrites.sum(),
        slices.sum(),
        entries.sum(),
        msis.sum(),
        intxEdges.sum());
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

  void msi() {
    msis.increment();
  }

  void intx() {
    intxEdges.increment();
  }
}
