package io.vsmmu.smmu.model;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueClosed.Reason;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus.AllocateHardwareQueue;
import io.vsmmu.smmu.stimulus.Stimulus.FreeHardwareQueue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides when a hardware queue is allocated, freed, or closed. The kernel's rules
 * (linux/iommufd.h, enum iommu_hw_queue_type): indexes are allocated in ascending and freed in
 * descending order; the size of a queue is a power of two, at least two commands and at most what
 * IDR1.CMDQS allows, and its address is a multiple of its size. The kernel pins the memory of a
 * queue, so a queue is closed before its memory is withdrawn.
 */
final class HardwareQueueDecisions {

  private static final String ADDRESS = "address";

  private HardwareQueueDecisions() {}

  static Decision allocate(VsmmuState state, AllocateHardwareQueue wanted) {
    Optional<Decision> refusal = unwilling(state).or(() -> unfit(state, wanted));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Draft draft = new Draft(state);
    draft.emit(
        new HardwareQueueAllocated(
            wanted.index(), wanted.address(), wanted.size(), state.nextHandle()));
    return draft.accepted();
  }

  static Decision free(VsmmuState state, FreeHardwareQueue wanted) {
    List<HardwareQueue> queues = state.hardwareQueues();
    if (queues.isEmpty() || queues.getLast().index() != wanted.index()) {
      return new Decision.Refused(
          new Problem(
              "index",
              String.valueOf(wanted.index()),
              queues.isEmpty()
                  ? "the index of a hardware queue; none is open"
                  : queues.getLast().index() + ": the newest is freed first"));
    }
    Draft draft = new Draft(state);
    draft.emit(new HardwareQueueFreed(wanted.index(), queues.getLast().handle()));
    return draft.accepted();
  }

  /** Closes every queue, the newest first. */
  static void closeAll(Draft draft, Reason reason) {
    closeFrom(draft, 0, reason);
  }

  /** Closes the first queue whose memory the VMM does not share any more, and all after it. */
  static void closeWithoutMemory(Draft draft) {
    VsmmuState state = draft.state();
    first(state, queue -> !backed(state, queue.address(), queue.size()))
        .ifPresent(index -> closeFrom(draft, index, Reason.NO_MEMORY));
  }

  /** Closes the first queue that the host did not allocate, and all after it. */
  static void closeRefused(Draft draft, List<HostOperation> operations) {
    VsmmuState state = draft.state();
    first(state, queue -> operations.stream().anyMatch(op -> refuses(op, queue)))
        .ifPresent(index -> closeFrom(draft, index, Reason.HOST_REFUSED));
  }

  private static boolean refuses(HostOperation operation, HardwareQueue queue) {
    return operation.kind() == HostOperation.Kind.ALLOC_HW_QUEUE
        && operation.handle() == queue.handle()
        && !operation.succeeded();
  }

  private static Optional<Integer> first(VsmmuState state, Predicate<HardwareQueue> which) {
    return state.hardwareQueues().stream().filter(which).findFirst().map(HardwareQueue::index);
  }

  private static void closeFrom(Draft draft, int index, Reason reason) {
    for (HardwareQueue queue : draft.state().hardwareQueues().reversed()) {
      if (queue.index() >= index) {
        draft.emit(new HardwareQueueClosed(queue.index(), queue.handle(), reason));
      }
    }
  }

  private static Optional<Decision> unwilling(VsmmuState state) {
    if (state.properties().hardwareQueues() != HardwareQueues.ACCEPT_BLIND) {
      return refused(
          "cmdqv",
          "off",
          "accept_blind, chosen when the vSMMU is created: what a guest puts into a hardware queue"
              + " never reaches the log");
    }
    return state.devices().isEmpty()
        ? refused("devices", "none", "a vSMMU with a device: its queues are of the device's SMMU")
        : Optional.empty();
  }

  private static Optional<Decision> unfit(VsmmuState state, AllocateHardwareQueue wanted) {
    int open = state.hardwareQueues().size();
    if (open >= Limits.HARDWARE_QUEUES) {
      return refused("index", wanted.index(), "at most " + Limits.HARDWARE_QUEUES + " queues");
    }
    if (wanted.index() != open) {
      return refused("index", wanted.index(), open + ": indexes are allocated in order");
    }
    long most = (long) Limits.COMMAND_BYTES << state.ids().cmdqsLog2();
    long size = wanted.size();
    if (Long.bitCount(size) != 1 || size < Limits.HARDWARE_QUEUE_BYTES || size > most) {
      return refused(
          "size",
          size,
          "a power of two from %d to %d bytes (IDR1.CMDQS)"
              .formatted(Limits.HARDWARE_QUEUE_BYTES, most));
    }
    if ((wanted.address() & (size - 1)) != 0) {
      return refused(ADDRESS, hex(wanted.address()), "a multiple of the size, " + hex(size));
    }
    return backed(state, wanted.address(), size)
        ? Optional.empty()
        : refused(
            ADDRESS,
            hex(wanted.address()),
            "guest memory that the VMM shares by descriptor or file, as one region");
  }

  private static boolean backed(VsmmuState state, long address, long size) {
    Map.Entry<Long, MemoryState> region = state.memory().floorEntry(address);
    return region != null
        && region.getValue().readable()
        && region.getValue().sharing().direct()
        && Long.compareUnsigned(address + size - 1, region.getValue().last()) <= 0;
  }

  private static Optional<Decision> refused(String field, Object value, String allowed) {
    return Optional.of(new Decision.Refused(new Problem(field, value.toString(), allowed)));
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
