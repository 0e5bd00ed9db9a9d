package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Records the operations of one decision with their outcomes, and maps the logical handles of the
 * vSMMU's objects to the kernel's ids.
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

  Set<Integer> kernelIds() {
    return Set.copyOf(kernelIds.values());
  }

  /** The highest id that the kernel gave for an object of this vSMMU; 0 before the first. */
  int highestId() {
    return highestId;
  }

  /** Returns the operations that were recorded since the last call, and removes them. */
  List<HostOperation> drain() {
    List<HostOperation> drained = operations;
    operations = new ArrayList<>();
    return drained;
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
    operations.add(
        new HostOperation(
            Kind.INVALIDATE,
            viommu,
            0,
            streamId,
            firstEntry,
            entries,
            0,
            errno.map(Errno::number).orElse(0),
            failedEntry));
  }

  private void add(Kind kind, long handle, long target, int streamId, int kernelId, int errno) {
    operations.add(
        new HostOperation(kind, handle, target, streamId, NONE, 0, kernelId, errno, NONE));
  }

  private static int number(HostResult<?> result) {
    return result.refusal().map(Errno::number).orElse(0);
  }
}
