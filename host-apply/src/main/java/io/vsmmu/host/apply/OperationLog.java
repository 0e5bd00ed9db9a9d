package io.vsmmu.host.apply;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.host.HostResult;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Records the operations of one decision with their outcomes and, of a live vSMMU, how long the
 * host took for each, and maps the logical handles of the vSMMU's objects to the kernel's ids.
 */
final class OperationLog {

  private static final int NONE = -1;

  private final NavigableMap<Long, Integer> kernelIds = new TreeMap<>();
  private final Map<Long, Kind> makers = new HashMap<>();
  private final Set<Long> unsupported = new HashSet<>();

  /** Kernel ids of objects that were destroyed before the decision that releases them. */
  private final Map<Long, Integer> destroyedEarly = new HashMap<>();

  private int highestId;
  private List<HostOperation> operations = new ArrayList<>();

  /** Whether calls are measured. */
  private final boolean measured;

  /** {@link System#nanoTime} when the first measured call since {@link #outcome} began. */
  private long firstNanos;

  /** The time of day then, in microseconds since 1970; 0 if there was no measured call. */
  private long firstMicros;

  /** Of the last measured call whose operation is not recorded yet; 0 if there is none. */
  private long beganNanos;

  private long tookNanos;

  /**
   * @param measured whether the operations get times: those of a replay or an import do not,
   *     because they would say nothing about the log's own host
   */
  OperationLog(boolean measured) {
    this.measured = measured;
  }

  Set<Integer> kernelIds() {
    return Set.copyOf(kernelIds.values());
  }

  /** The highest id that the kernel gave for an object of this vSMMU; 0 before the first. */
  int highestId() {
    return highestId;
  }

  /** The outcome of a decision: the operations that were recorded since the last outcome. */
  ReportHostOutcome outcome(long decision) {
    ReportHostOutcome outcome = new ReportHostOutcome(decision, operations, firstMicros);
    operations = new ArrayList<>();
    firstMicros = 0;
    return outcome;
  }

  /**
   * Calls the host and measures how long it takes. The operation that is recorded next is this
   * call.
   */
  <T> T call(Supplier<T> call) {
    if (!measured) {
      return call.get();
    }
    long begun = System.nanoTime();
    if (firstMicros == 0) {
      firstNanos = begun;
      firstMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
    Boundaries.reached(HostBoundary.CALLING);
    T result = call.get();
    Boundaries.reached(HostBoundary.CALLED);
    beganNanos = begun - firstNanos;
    // A clock with a coarse resolution gives 0, which would mean that nothing was measured.
    tookNanos = Math.max(1, System.nanoTime() - begun);
    return result;
  }

  /**
   * Notes that the kernel does not support the object {@code handle}, so that it is not requested
   * again.
   */
  void markUnsupported(long handle) {
    unsupported.add(handle);
  }

  boolean isUnsupported(long handle) {
    return unsupported.contains(handle);
  }

  /** Removes all objects, because the host was closed. */
  void clearObjects() {
    kernelIds.clear();
    unsupported.clear();
    makers.clear();
    destroyedEarly.clear();
  }

  /** Takes over the object {@code handle}, which exists under this kernel id. */
  void adopt(Kind maker, long handle, int kernelId) {
    kernelIds.put(handle, kernelId);
    highestId = Math.max(highestId, kernelId);
    makers.put(handle, maker);
  }

  /** Handles of the objects that an operation of this kind allocated, newest first. */
  List<Long> madeBy(Kind maker) {
    return kernelIds.descendingKeySet().stream()
        .filter(handle -> makers.get(handle) == maker)
        .toList();
  }

  /**
   * Removes the object {@code handle} without a record, because the kernel destroyed it with
   * another.
   */
  void forget(long handle) {
    kernelIds.remove(handle);
    makers.remove(handle);
  }

  /**
   * Notes that the object {@code handle} was destroyed to find out whether it was in use. It is
   * recorded as destroyed when a decision releases it ({@link #recordEarlyEnd}).
   */
  void noteEarlyDestruction(long handle) {
    destroyedEarly.put(handle, kernelId(handle));
    forget(handle);
  }

  /**
   * Records the destruction of an object that was destroyed early; false when the object was not.
   */
  boolean recordEarlyEnd(long handle, int streamId) {
    Integer kernelId = destroyedEarly.remove(handle);
    if (kernelId != null) {
      add(Kind.DESTROY, handle, 0, streamId, kernelId, 0);
    }
    return kernelId != null;
  }

  /**
   * Replaces the kernel id of the object {@code handle}, which was destroyed and allocated again
   * without a record.
   */
  void replaceKernelId(long handle, int kernelId) {
    kernelIds.put(handle, kernelId);
  }

  boolean has(long handle) {
    return kernelIds.containsKey(handle);
  }

  /** The kernel's id of the object; 0, which is no id, when it does not exist. */
  int kernelId(long handle) {
    return kernelIds.getOrDefault(handle, 0);
  }

  /**
   * Records an operation that allocates the object {@code handle}; returns whether it succeeded.
   */
  boolean recordMade(
      Kind kind, long handle, long target, int streamId, HostResult<Integer> result) {
    if (result instanceof HostResult.Ok<Integer>(Integer id)) {
      adopt(kind, handle, id);
      add(kind, handle, target, streamId, id, 0);
      return true;
    }
    add(kind, handle, target, streamId, 0, number(result));
    return false;
  }

  /** Records an operation on the object {@code handle}; returns whether it succeeded. */
  boolean record(Kind kind, long handle, long target, int streamId, HostResult<?> result) {
    add(kind, handle, target, streamId, kernelId(handle), number(result));
    return result.isOk();
  }

  /** Records an operation that ends the object {@code handle}; returns whether it succeeded. */
  boolean recordEnd(Kind kind, long handle, int streamId, HostResult<?> result) {
    boolean ok = record(kind, handle, 0, streamId, result);
    if (ok) {
      forget(handle);
    }
    return ok;
  }

  /**
   * Records one invalidation ioctl.
   *
   * @param failedEntry index within the slice of the entry at which the guest sees an error; -1
   *     when the call succeeded or is repeated
   */
  void recordInvalidation(
      long viommu,
      int streamId,
      int firstEntry,
      int entries,
      Optional<Errno> errno,
      int failedEntry) {
    add(
        new HostOperation(
            Kind.INVALIDATE,
            viommu,
            0,
            streamId,
            firstEntry,
            entries,
            0,
            errno.map(Errno::number).orElse(0),
            failedEntry,
            beganNanos,
            tookNanos));
  }

  private void add(Kind kind, long handle, long target, int streamId, int kernelId, int errno) {
    add(
        new HostOperation(
            kind, handle, target, streamId, NONE, 0, kernelId, errno, NONE, beganNanos, tookNanos));
  }

  private void add(HostOperation operation) {
    operations.add(operation);
    beganNanos = 0;
    tookNanos = 0;
  }

  private static int number(HostResult<?> result) {
    return result.refusal().map(Errno::number).orElse(0);
  }
}
