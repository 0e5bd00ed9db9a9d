package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.uapi.IoasStructs.ChangeProcess;
import io.vsmmu.host.uapi.IoasStructs.Destroy;
import io.vsmmu.host.uapi.IoasStructs.Option;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * An open {@code /dev/iommu}. Every operation is one request, and may be refused with ENOTTY by a
 * kernel that does not have it, EBADF when this is closed. Thread-safe.
 */
public final class Iommufd implements AutoCloseable {

  private final Channel channel;
  private final IoasRequests ioas;
  private final HwptRequests hwpts;
  private final ViommuRequests viommus;
  private final HwInfoRequests hwInfo;
  private final InvalidationRequest invalidation;

  private Iommufd(Channel channel) {
    this.channel = channel;
    this.ioas = new IoasRequests(channel);
    this.hwpts = new HwptRequests(channel);
    this.viommus = new ViommuRequests(channel);
    this.hwInfo = new HwInfoRequests(channel);
    this.invalidation = new InvalidationRequest(channel);
  }

  /** Opens the device file; errors are those of open(2). */
  public static HostResult<Iommufd> open(KernelCalls calls, Path device) {
    return calls.open(device).then(fd -> HostResult.ok(over(calls, fd)));
  }

  /** Takes an open descriptor over: closing this closes it. */
  public static Iommufd over(KernelCalls calls, Fd fd) {
    return new Iommufd(new Channel(calls, fd));
  }

  /** Requests about address spaces. */
  public IoasRequests ioas() {
    return ioas;
  }

  /** Requests about page tables. */
  public HwptRequests hwpts() {
    return hwpts;
  }

  /** Requests about virtual IOMMUs, their devices and queues. */
  public ViommuRequests viommus() {
    return viommus;
  }

  /** Requests about what is behind a device. */
  public HwInfoRequests hwInfo() {
    return hwInfo;
  }

  /** {@code IOMMU_HWPT_INVALIDATE}. */
  public InvalidationRequest invalidation() {
    return invalidation;
  }

  /** {@code IOMMU_DESTROY}. Errors: ENOENT, EBUSY. */
  public HostResult<Done> destroy(int id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Destroy.STRUCT.allocateSized(arena);
      Destroy.ID.set(struct, id);
      return channel.request(Ioctl.IOMMU_DESTROY, struct);
    }
  }

  /**
   * {@code IOMMU_OPTION} with {@code RLIMIT_MODE}: whether pinned memory counts for the process
   * instead of the user. Errors: EPERM without CAP_SYS_RESOURCE; EBUSY once something is allocated.
   */
  public HostResult<Done> countPinnedMemoryPerProcess(boolean perProcess) {
    return setOption(UapiConstants.IOMMU_OPTION_RLIMIT_MODE, 0, perProcess ? 1 : 0);
  }

  /** {@code IOMMU_OPTION} with {@code RLIMIT_MODE}: whether pinned memory counts per process. */
  public HostResult<Boolean> countsPinnedMemoryPerProcess() {
    return option(UapiConstants.IOMMU_OPTION_RLIMIT_MODE, 0).then(v -> HostResult.ok(v != 0));
  }

  /** {@code IOMMU_OPTION} with {@code HUGE_PAGES}: whether pages are combined. Errors: ENOENT. */
  public HostResult<Done> combinePages(int ioasId, boolean combine) {
    return setOption(UapiConstants.IOMMU_OPTION_HUGE_PAGES, ioasId, combine ? 1 : 0);
  }

  /** {@code IOMMU_OPTION} with {@code HUGE_PAGES}: whether pages are combined. Errors: ENOENT. */
  public HostResult<Boolean> combinesPages(int ioasId) {
    return option(UapiConstants.IOMMU_OPTION_HUGE_PAGES, ioasId).then(v -> HostResult.ok(v != 0));
  }

  private HostResult<Done> setOption(int option, int object, long value) {
    return option(option, object, UapiConstants.IOMMU_OPTION_OP_SET, value)
        .then(unused -> HostResult.done());
  }

  private HostResult<Long> option(int option, int object) {
    return option(option, object, UapiConstants.IOMMU_OPTION_OP_GET, 0);
  }

  private HostResult<Long> option(int option, int object, int operation, long value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Option.STRUCT.allocateSized(arena);
      Option.OPTION_ID.set(struct, option);
      Option.OP.set(struct, operation);
      Option.OBJECT_ID.set(struct, object);
      Option.VAL64.set(struct, value);
      return channel.request(Ioctl.IOMMU_OPTION, struct, () -> Option.VAL64.get(struct));
    }
  }

  /**
   * {@code IOMMU_IOAS_CHANGE_PROCESS}: all pinned memory counts for the calling process from here
   * on. Errors: EINVAL when something was mapped by user address; ENOMEM beyond the limit.
   */
  public HostResult<Done> changeProcess() {
    try (Arena arena = Arena.ofConfined()) {
      return channel.request(
          Ioctl.IOMMU_IOAS_CHANGE_PROCESS, ChangeProcess.STRUCT.allocateSized(arena));
    }
  }

  /** The descriptor; stays ours. */
  public Fd fd() {
    return channel.fd();
  }

  /** Closes the descriptor. Objects live on while a bound device or an event queue is open. */
  @Override
  public void close() {
    channel.close();
  }
}
