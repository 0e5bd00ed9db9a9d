package io.vsmmu.smmu.stimulus;

/**
 * One operation on the host's iommufd and its outcome.
 *
 * @param kind which ioctl
 * @param handle logical handle of the object that was made, moved or destroyed; 0 when none
 * @param target logical handle of the object it was made from or moved to; 0 when none
 * @param streamId the stream concerned, or -1
 * @param firstEntry for an invalidation: index within the slice of the batch's first entry; else -1
 * @param entries for an invalidation: commands in the batch; else 0
 * @param kernelId the kernel's object id, or 0; differs between hosts, reused by kernels
 * @param errno 0 for success, else the Linux error number
 * @param failedEntry for a failed invalidation: index within the slice of the entry that failed;
 *     else -1
 * @param beganNanos nanoseconds from the beginning of the first measured operation of the same
 *     outcome to the beginning of this one; 0 for that one, and where no time was measured
 * @param tookNanos how long the host took, in nanoseconds on a monotonic clock; 0 where that was
 *     not measured
 */
public record HostOperation(
    Kind kind,
    long handle,
    long target,
    int streamId,
    int firstEntry,
    int entries,
    int kernelId,
    int errno,
    int failedEntry,
    long beganNanos,
    long tookNanos) {

  /** An operation of which no time was measured. */
  public HostOperation(
      Kind kind,
      long handle,
      long target,
      int streamId,
      int firstEntry,
      int entries,
      int kernelId,
      int errno,
      int failedEntry) {
    this(kind, handle, target, streamId, firstEntry, entries, kernelId, errno, failedEntry, 0, 0);
  }

  /** The ioctls of {@code linux/iommufd.h} and {@code linux/vfio.h} that a vSMMU needs. */
  public enum Kind {
    BIND_DEVICE,
    UNBIND_DEVICE,
    ALLOC_IOAS,
    ALLOC_NESTING_PARENT,
    ALLOC_VIOMMU,
    ALLOC_VDEVICE,
    ALLOC_HWPT,
    ATTACH,
    DETACH,
    DESTROY,
    INVALIDATE,
    ALLOC_VEVENTQ,
    ALLOC_HW_QUEUE,
    /**
     * No ioctl: the device and the objects made for it were kept across a restart of the service.
     */
    ADOPT_DEVICE
  }

  /** Name and number of the error, for example {@code ENOENT (errno 2)}. */
  public String errnoText() {
    return HostErrno.text(errno);
  }

  /** Whether it was measured how long the host took. */
  public boolean timed() {
    return tookNanos != 0;
  }

  /**
   * The same operation without its times, which differ from one execution to the next, as what is
   * compared or decided must not.
   */
  public HostOperation untimed() {
    return new HostOperation(
        kind, handle, target, streamId, firstEntry, entries, kernelId, errno, failedEntry);
  }

  /** Whether the host executed it. */
  public boolean succeeded() {
    return errno == 0;
  }
}
