package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;

/** Hardware queues coming and going. */
final class HardwareQueueCodec {

  private static final int INDEX = 1;
  private static final int HANDLE = 2;
  private static final int ALLOCATED_ADDRESS = 3;
  private static final int ALLOCATED_SIZE = 4;
  private static final int CLOSED_REASON = 3;

  private HardwareQueueCodec() {}

  static void write(WireWriter out, HardwareQueueAllocated event) {
    out.uint32(INDEX, event.index());
    out.word(HANDLE, event.handle());
    out.word(ALLOCATED_ADDRESS, event.address());
    out.word(ALLOCATED_SIZE, event.size());
  }

  static HardwareQueueAllocated readAllocated(WireReader in) {
    int index = 0;
    long handle = 0;
    long address = 0;
    long size = 0;
    while (in.next()) {
      switch (in.field()) {
        case INDEX -> index = in.uint32();
        case HANDLE -> handle = in.word();
        case ALLOCATED_ADDRESS -> address = in.word();
        case ALLOCATED_SIZE -> size = in.word();
        default -> in.skip();
      }
    }
    return new HardwareQueueAllocated(index, address, size, handle);
  }

  static void write(WireWriter out, HardwareQueueFreed event) {
    out.uint32(INDEX, event.index());
    out.word(HANDLE, event.handle());
  }

  static HardwareQueueFreed readFreed(WireReader in) {
    int index = 0;
    long handle = 0;
    while (in.next()) {
      switch (in.field()) {
        case INDEX -> index = in.uint32();
        case HANDLE -> handle = in.word();
        default -> in.skip();
      }
    }
    return new HardwareQueueFreed(index, handle);
  }

  static void write(WireWriter out, HardwareQueueClosed event) {
    out.uint32(INDEX, event.index());
    out.word(HANDLE, event.handle());
    out.constant(CLOSED_REASON, EnumNumbers.CLOSED_REASON, event.reason());
  }

  static HardwareQueueClosed readClosed(WireReader in) {
    int index = 0;
    long handle = 0;
    HardwareQueueClosed.Reason reason = HardwareQueueClosed.Reason.RESET;
    while (in.next()) {
      switch (in.field()) {
        case INDEX -> index = in.uint32();
        case HANDLE -> handle = in.word();
        case CLOSED_REASON -> reason = in.constant(EnumNumbers.CLOSED_REASON);
        default -> in.skip();
      }
    }
    return new HardwareQueueClosed(index, handle, reason);
  }
}
