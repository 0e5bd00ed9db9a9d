package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.uapi.IoasStructs.Destroy;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * An open {@code /dev/iommu}. Every operation is one request. It is refused with ENOTTY by a kernel
 * that does not have the request, and with EBADF when this is closed. Thread-safe.
 */
public final class Iommufd implements AutoCloseable {

  private final KernelFile file;
  private final IoasRequests ioas;
  private final HwptRequests hwpts;
  private final ViommuRequests viommus;
  private final HwInfoRequests hwInfo;
  private final InvalidationRequest invalidation;

  private Iommufd(KernelFile file) {
    this.file = file;
    this.ioas = new IoasRequests(file);
    this.hwpts = new HwptRequests(file);
    this.viommus = new ViommuRequests(file);
    this.hwInfo = new HwInfoRequests(file);
    this.invalidation = new InvalidationRequest(file);
  }

  /** Opens the device file; errors are those of open(2). */
  public static HostResult<Iommufd> open(KernelCalls calls, Path device) {
    return calls.open(device).then(fd -> HostResult.ok(over(calls, fd)));
  }

  /** Takes over an open descriptor, which {@link #close} closes. */
  public static Iommufd over(KernelCalls calls, Fd fd) {
    return new Iommufd(new KernelFile(calls, fd));
  }

  public IoasRequests ioas() {
    return ioas;
  }

  public HwptRequests hwpts() {
    return hwpts;
  }

  public ViommuRequests viommus() {
    return viommus;
  }

  /** Requests of {@code IOMMU_GET_HW_INFO} on this iommufd. */
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
      return file.request(Ioctl.IOMMU_DESTROY, struct);
    }
  }

  /** The descriptor, which remains this object's to close. */
  public Fd fd() {
    return file.fd();
  }

  /**
   * Closes the descriptor. The kernel keeps the objects while the file of a bound device or of an
   * event queue is open.
   */
  @Override
  public void close() {
    file.close();
  }
}
