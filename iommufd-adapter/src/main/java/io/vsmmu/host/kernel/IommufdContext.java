package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.Vevent;
import io.vsmmu.host.uapi.HwptRequest;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.IovaRanges;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VeventQueueFd;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One open {@code /dev/iommu} of the running kernel, with the device files bound to it and the
 * vEVENTQs allocated on it. The kernel's refusals are passed on. This class itself refuses a dev_id
 * or vEVENTQ id that is not one of its own (ENOENT), and what is closed (EBADF).
 *
 * <p>A context over a VMM's iommufd has copies of the files of devices that the VMM binds ({@link
 * IommufdHost#share}).
 */
public final class IommufdContext implements SharedIommufd {

  private final IommufdHost host;
  private final Iommufd iommufd;
  private final Map<Integer, IommufdHost.Bound> devices = new ConcurrentHashMap<>();
  private final Map<Integer, VeventQueueFd> veventqs = new ConcurrentHashMap<>();

  /** Copies of the device files that a VMM binds, by PCI address. */
  private final Map<String, VfioDevice> copies = new ConcurrentHashMap<>();

  /** Whether a VMM opened the iommufd, so that it alone binds devices. */
  private final boolean ownedByVmm;

  /**
   * Lock under which descriptors are opened and closed, so that a concurrent {@link #close} misses
   * none.
   */
  private final Object descriptors = new Object();

  private volatile boolean closed;

  private final KeptDescriptorSync sync;

  IommufdContext(IommufdHost host, Iommufd iommufd, KeptDescriptorSync sync) {
    this.host = host;
    this.iommufd = iommufd;
    this.sync = sync;
    this.ownedByVmm = false;
    sync.keepNew(descriptors());
  }

  /**
   * A context over a VMM's iommufd. The VMM's own descriptors outlive this process, so the copies
   * need not be kept.
   */
  IommufdContext(IommufdHost host, Iommufd iommufd, Map<String, VfioDevice> copies) {
    this.host = host;
    this.iommufd = iommufd;
    this.sync = KeptDescriptorSync.NOTHING;
    this.ownedByVmm = true;
    this.copies.putAll(copies);
  }

  void adopt(KeptDescriptors kept) {
    for (KeptDescriptors.Device device : kept.devices()) {
      VfioDevice file = VfioDevice.over(host.calls(), device.fd());
      devices.put(device.devId(), new IommufdHost.Bound(device.address(), device.devId(), file));
    }
    for (KeptDescriptors.Veventq veventq : kept.veventqs()) {
      veventqs.put(veventq.id(), VeventQueueFd.over(host.calls(), veventq.id(), veventq.fd()));
    }
  }

  @Override
  public HostResult<Integer> bind(String deviceAddress) {
    synchronized (descriptors) {
      if (closed || ownedByVmm) {
        return HostResult.refused(closed ? Errno.EBADF : Errno.EPERM);
      }
      return host.bind(deviceAddress, iommufd)
          .then(
              bound -> {
                devices.put(bound.devId(), bound);
                sync.keepNew(descriptors());
                return HostResult.ok(bound.devId());
              });
    }
  }

  @Override
  public HostResult<Done> unbind(int devId) {
    synchronized (descriptors) {
      return file(devId)
          .then(
              file -> {
                devices.remove(devId);
                copies.values().remove(file);
                sync.dropAllBut(descriptors());
                file.close();
                return HostResult.done();
              });
    }
  }

  @Override
  public Map<String, Integer> devices() {
    return devices.values().stream()
        .collect(
            Collectors.toUnmodifiableMap(IommufdHost.Bound::address, IommufdHost.Bound::devId));
  }

  /** Adds copies of device files that a VMM binds; false when this context is closed. */
  boolean addFiles(Map<String, VfioDevice> more) {
    synchronized (descriptors) {
      if (!closed) {
        copies.putAll(more);
      }
      return !closed;
    }
  }

  @Override
  public Set<String> files() {
    return Set.copyOf(copies.keySet());
  }

  @Override
  public int group(String address) {
    return host.groupOf(address);
  }

  @Override
  public boolean isBound(String address) {
    VfioDevice copy = copies.get(address);
    return copy != null && copy.info().isOk();
  }

  @Override
  public boolean mayDma(String address) {
    VfioDevice copy = copies.get(address);
    return copy == null || ConfigRegion.busMaster(copy).orElse(true);
  }

  @Override
  public OptionalInt reportedDeviceId(String address) {
    VfioDevice copy = copies.get(address);
    if (copy != null && copy.deviceIds() instanceof HostResult.Ok<Map<String, Integer>>(var ids)) {
      Integer devId = ids.get(address);
      return devId == null ? OptionalInt.empty() : OptionalInt.of(devId);
    }
    return OptionalInt.empty();
  }

  @Override
  public HostResult<Done> assumeDeviceId(String address, int devId) {
    synchronized (descriptors) {
      VfioDevice copy = copies.get(address);
      if (closed || copy == null) {
        return HostResult.refused(closed ? Errno.EBADF : Errno.ENOENT);
      }
      devices.put(devId, new IommufdHost.Bound(address, devId, copy));
      return HostResult.done();
    }
  }

  @Override
  public void dropDeviceId(String address) {
    devices.values().removeIf(bound -> bound.address().equals(address));
  }

  @Override
  public void release(String address) {
    synchronized (descriptors) {
      dropDeviceId(address);
      VfioDevice copy = copies.remove(address);
      if (copy != null) {
        copy.close();
      }
    }
  }

  @Override
  public HostResult<Boolean> isIoasInUse(int ioasId) {
    HostResult<IovaRanges> ranges = iommufd.ioas().iovaRanges(ioasId);
    return ranges.refusal().equals(Optional.of(Errno.EMSGSIZE))
        ? HostResult.ok(true)
        : ranges.then(
            allowed ->
                HostResult.ok(!allowed.ranges().equals(List.of(new IovaRanges.Range(0, -1L)))));
  }

  @Override
  public HostResult<HwInfo> hwInfo(int devId) {
    return iommufd.hwInfo().of(devId);
  }

  /** What the kernel reports about the device at this address; empty when it is not bound here. */
  Optional<HwInfoCache.Probed> probe(String address) {
    return devices.values().stream()
        .filter(bound -> bound.address().equals(address))
        .flatMap(bound -> probe(bound).stream())
        .findFirst();
  }

  private Optional<HwInfoCache.Probed> probe(IommufdHost.Bound bound) {
    HostResult<HwInfo> info = hwInfo(bound.devId());
    return info.isOk()
        ? Optional.of(new HwInfoCache.Probed(info.value(), ConfigRegion.read(bound.file())))
        : Optional.empty();
  }

  @Override
  public HostResult<Integer> allocIoas() {
    return iommufd.ioas().alloc();
  }

  @Override
  public HostResult<Done> map(
      int ioasId, long iova, long length, MapAccess access, RamSource source) {
    return switch (source) {
      case RamSource.MemfdRange(int fd, long start) ->
          iommufd.ioas().mapFile(ioasId, iova, length, access, fd, start);
      case RamSource.Anonymous(long userAddress) ->
          iommufd.ioas().map(ioasId, iova, length, access, userAddress);
    };
  }

  @Override
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    return iommufd.ioas().unmap(ioasId, iova, length);
  }

  @Override
  public HostResult<Integer> allocNestingParent(int devId, int ioasId) {
    return iommufd.hwpts().alloc(HwptRequest.nestingParent(devId, ioasId));
  }

  @Override
  public HostResult<Integer> hardwareQueues(int devId) {
    return iommufd.hwInfo().tegra241(devId).then(info -> HostResult.ok(1 << info.log2Vcmdqs()));
  }

  @Override
  public HostResult<Integer> allocViommu(int devId, int s2HwptId, int type) {
    // The vIOMMU's mmap offset leads to registers for the guest, which only a VMM needs.
    return type == VIOMMU_TYPE_TEGRA241_CMDQV
        ? iommufd
            .viommus()
            .allocTegra241(devId, s2HwptId)
            .then(viommu -> HostResult.ok(viommu.id()))
        : iommufd.viommus().alloc(type, devId, s2HwptId);
  }

  @Override
  public HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length) {
    return iommufd
        .viommus()
        .allocHwQueue(
            viommuId, UapiConstants.IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV, index, iova, length);
  }

  @Override
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    return iommufd.viommus().allocVdevice(viommuId, devId, virtId);
  }

  @Override
  public HostResult<Integer> allocNestedHwpt(
      int devId, int viommuId, int flags, long ste0, long ste1) {
    return iommufd.hwpts().alloc(HwptRequest.nested(devId, viommuId, flags, ste0, ste1));
  }

  @Override
  public HostResult<Integer> attach(int devId, int ptId) {
    return file(devId).then(file -> file.attach(ptId));
  }

  @Override
  public HostResult<Done> detach(int devId) {
    return file(devId).then(VfioDevice::detach);
  }

  @Override
  public HostResult<Done> destroy(int objectId) {
    return iommufd
        .destroy(objectId)
        .then(
            done -> {
              // A vEVENTQ with an open descriptor cannot be destroyed, so an open one is a new one
              // that another thread allocated under the same id.
              veventqs.computeIfPresent(objectId, (id, q) -> q.fd().isOpen() ? q : null);
              return HostResult.ok(done);
            });
  }

  @Override
  public InvalidationReport invalidate(int viommuId, InvalidationBatch batch) {
    return iommufd.invalidation().issue(viommuId, batch);
  }

  @Override
  public HostResult<Integer> allocVeventq(int viommuId, int type, int depth) {
    synchronized (descriptors) {
      return iommufd
          .viommus()
          .allocVeventq(viommuId, type, depth)
          .then(
              veventq -> {
                veventqs.put(veventq.id(), veventq);
                sync.keepNew(descriptors());
                return HostResult.ok(veventq.id());
              });
    }
  }

  @Override
  public HostResult<Boolean> pollVevents(int veventqId, int timeoutMillis) {
    return veventq(veventqId, veventq -> poll(veventq, timeoutMillis));
  }

  /** Waits in slices, because closing a descriptor does not end a poll(2) on it. */
  private static HostResult<Boolean> poll(VeventQueueFd veventq, int timeoutMillis) {
    int left = timeoutMillis;
    while (true) {
      int slice = Math.clamp(left, 0, KernelHostLimits.POLL_SLICE_MILLIS);
      HostResult<Boolean> ready = veventq.poll(slice);
      left -= slice;
      if (!ready.isOk() || ready.value() || left <= 0) {
        return ready;
      }
    }
  }

  @Override
  public HostResult<List<Vevent>> readVevents(int veventqId, int max) {
    return veventq(veventqId, veventq -> veventq.read(max));
  }

  @Override
  public HostResult<Done> closeVeventq(int veventqId) {
    return veventq(
        veventqId,
        veventq -> {
          synchronized (descriptors) {
            sync.dropAllBut(descriptors().without(veventqId));
            veventq.close();
          }
          return HostResult.done();
        });
  }

  /**
   * The descriptors that keep this context's objects in the kernel. They remain this context's to
   * close; the caller may copy them.
   */
  public KeptDescriptors descriptors() {
    synchronized (descriptors) {
      return new KeptDescriptors(
          iommufd.fd(),
          devices.values().stream()
              .map(d -> new KeptDescriptors.Device(d.address(), d.devId(), d.file().fd()))
              .toList(),
          veventqs.values().stream()
              .filter(veventq -> veventq.fd().isOpen())
              .map(veventq -> new KeptDescriptors.Veventq(veventq.id(), veventq.fd()))
              .toList());
    }
  }

  /** The file of the device at this address; empty when it is not bound here. */
  Optional<VfioDevice> file(String address) {
    return devices.values().stream()
        .filter(bound -> bound.address().equals(address))
        .map(IommufdHost.Bound::file)
        .findFirst();
  }

  /**
   * The device's file, for requests that the port does not have, such as reads of a region. ENOENT
   * for an unknown dev_id, EBADF when this is closed.
   */
  public HostResult<VfioDevice> file(int devId) {
    if (closed) {
      return HostResult.refused(Errno.EBADF);
    }
    IommufdHost.Bound bound = devices.get(devId);
    return bound == null ? HostResult.refused(Errno.ENOENT) : HostResult.ok(bound.file());
  }

  private <T> HostResult<T> veventq(int id, Function<VeventQueueFd, HostResult<T>> action) {
    VeventQueueFd veventq = veventqs.get(id);
    if (closed || (veventq != null && !veventq.fd().isOpen())) {
      return HostResult.refused(Errno.EBADF);
    }
    return veventq == null ? HostResult.refused(Errno.ENOENT) : action.apply(veventq);
  }

  @Override
  public void close() {
    synchronized (descriptors) {
      if (closed) {
        return;
      }
      closed = true;
      sync.dropAll();
      veventqs.values().forEach(VeventQueueFd::close);
      devices.values().forEach(bound -> bound.file().close());
      copies.values().forEach(VfioDevice::close);
      iommufd.close();
      host.closed(this);
    }
  }
}
