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
 * The operations of one decision with their outcomes, and which kernel object stands behind which
 * logical handle.
 */
final class OperationLog {

  private static final int NONE = -1;

  private final NavigableMap<Long, Integer> kernelIds = new TreeMap<>();
  private final Map<Long, Kind> makers = new HashMap<>();
  private final Set<Long> lacking = new HashSet<>();

  /** Kernel ids that objects had which were destroyed before the log let go of them. */
  private final Map<Long, Integer> early = new HashMap<>();

  private int highestId;
  private List<HostOperation> operations = new ArrayList<>();

  Set<Integer> kernelIds() {
    return Set.copyOf(kernelIds.values());
  }

  /** The highest id that the kernel gave; 0 before the first. */
  int highestId() {
    return highestId;
  }

  /** Hands over what was recorded since the last call. */
  List<HostOperation> drain() {
    List<HostOperation> drained = operations;
    operations = new ArrayList<>();
    return drained;
  }

  /** The kernel knows no object of this kind: it is not asked again. */
  void lacks(long handle) {
    lacking.add(handle);
  }

  boolean isLacking(long handle) {
    return lacking.contains(handle);
  }

  /** The host was closed: no object is left. */
  void forgetObjects() {
    kernelIds.clear();
    lacking.clear();
    makers.clear();
    early.clear();
  }

  /** The object {@code handle} was made by an earlier process and is still there. */
  void adopt(Kind maker, long handle, int kernelId) {
    kernelIds.put(handle, kernelId);
    highestId = Math.max(highestId, kernelId);
    makers.put(handle, maker);
  }

  /** Handles of the objects that an operation of this kind made, newest first. */
  List<Long> madeBy(Kind maker) {
    return kernelIds.descendingKeySet().stream()
        .filter(handle -> makers.get(handle) == maker)
        .toList();
  }

  /** The kernel destroyed the object {@code handle} along with another. */
  void forget(long handle) {
    kernelIds.remove(handle);
    makers.remove(handle);
  }

  /**
   * The object {@code handle} was destroyed to see whether it is in use, and is not any more. It is
   * recorded as destroyed when the log lets go of it ({@link #goneEarly}).
   */
  void destroyedEarly(long handle) {
    early.put(handle, kernelId(handle));
    forget(handle);
  }

  /** Records the end of an object that was destroyed early; false for another one. */
  boolean goneEarly(long handle, int streamId) {
    Integer kernelId = early.remove(handle);
    if (kernelId != null) {
      add(Kind.DESTROY, handle, 0, streamId, kernelId, 0);
    }
    return kernelId != null;
  }

  /** The object {@code handle} was destroyed and made again, which is nothing to record. */
  void madeAgain(long handle, int kernelId) {
    kernelIds.put(handle, kernelId);
  }

  boolean knows(long handle) {
    return kernelIds.containsKey(handle);
  }

  /** The kernel's id of the object; 0, which the kernel never gives, when there is none. */
  int kernelId(long handle) {
    return kernelIds.getOrDefault(handle, 0);
  }

  /** Records an operation that makes the object {@code handle}. */
  boolean made(Kind kind, long handle, long target, int streamId, HostResult<Integer> result) {
    if (result instanceof HostResult.Ok<Integer>(Integer id)) {
      adopt(kind, handle, id);
      add(kind, handle, target, streamId, id, 0);
      return true;
    }
    add(kind, handle, target, streamId, 0, number(result));
    return false;
  }

  /** Records an operation on the object {@code handle}. */
  boolean done(Kind kind, long handle, long target, int streamId, HostResult<?> result) {
    add(kind, handle, target, streamId, kernelId(handle), number(result));
    return result.isOk();
  }

  /** Records the end of the object {@code handle}. */
  boolean gone(Kind kind, long handle, int streamId, HostResult<?> result) {
    boolean ok = done(kind, handle, 0, streamId, result);
    if (ok) {
      forget(handle);
    }
    return ok;
  }

  /**
   * Records one invalidation ioctl.
   *
   * @param failedEntry index within the slice of the entry that the guest will see failing, or -1
   *     when the call succeeded or was tried again
   */
  void invalidated(
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
