package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.Vevent;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.posix.Errno;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Copies of a {@link SimulatedVmm}'s descriptors. A request that names a device object is made
 * through the file that was assumed to be bound to it, so it acts on the object that the file is
 * really bound to.
 */
public final class SimulatedShare implements SharedIommufd {

  private final SimulatedContext iommufd;

  /**
   * The device's address of each file, with the device object that the file is bound to; empty
   * until it is bound.
   */
  private final Map<String, Optional<KernelObject.Device>> files = new TreeMap<>();

  private final Map<Integer, String> assumed = new HashMap<>();

  /** vEVENTQs that were allocated here; no other process has their descriptors. */
  private final Set<Integer> veventqs = new HashSet<>();

  private boolean closed;

  /** To be called with the host's lock held. */
  SimulatedShare(SimulatedContext iommufd, Collection<String> addresses) {
    this.iommufd = iommufd;
    iommufd.copied();
    addresses.forEach(address -> files.put(address, Optional.empty()));
    addresses.forEach(this::look);
    iommufd.host().shared(this);
  }

  /** Adds a copy of a device's file. */
  public void add(String address) {
    locked(host -> files.putIfAbsent(address, Optional.empty()));
  }

  /**
   * The device object of a file; a file that was copied before the VMM bound it is looked up again.
   */
  private Optional<KernelObject.Device> look(String address) {
    Optional<KernelObject.Device> known = files.get(address);
    if (known == null) {
      return Optional.empty();
    }
    if (known.isPresent()) {
      return known;
    }
    Optional<KernelObject.Device> bound = iommufd.host().bound(address);
    bound.ifPresent(device -> device.files++);
    files.put(address, bound);
    return bound;
  }

  private <T> T locked(Function<SimulatedHost, T> action) {
    synchronized (iommufd.host().lock()) {
      return action.apply(iommufd.host());
    }
  }

  @Override
  public HostResult<Integer> bind(String deviceAddress) {
    return HostResult.refused(Errno.EPERM);
  }

  @Override
  public Set<String> files() {
    return locked(host -> Set.copyOf(files.keySet()));
  }

  @Override
  public int group(String address) {
    return iommufd.host().topology().devices().stream()
        .filter(device -> device.address().equals(address))
        .findFirst()
        .map(Topology.Device::group)
        .orElse(-1);
  }

  @Override
  public boolean isBound(String address) {
    return locked(host -> look(address).isPresent());
  }

  @Override
  public boolean mayDma(String address) {
    return locked(host -> look(address).map(device -> device.busMaster).orElse(true));
  }

  @Override
  public OptionalInt reportedDeviceId(String address) {
    return locked(
        host ->
            host.topology().canResetBus(address)
                ? look(address).map(device -> OptionalInt.of(device.id)).orElse(OptionalInt.empty())
                : OptionalInt.empty());
  }

  @Override
  public HostResult<Done> assumeDeviceId(String address, int devId) {
    return locked(
        host -> {
          if (closed || !files.containsKey(address)) {
            return HostResult.refused(closed ? Errno.EBADF : Errno.ENOENT);
          }
          assumed.put(devId, address);
          return HostResult.done();
        });
  }

  @Override
  public void dropDeviceId(String address) {
    locked(host -> assumed.values().removeIf(address::equals));
  }

  @Override
  public void release(String address) {
    locked(
        host -> {
          Optional<KernelObject.Device> device = look(address);
          files.remove(address);
          dropDeviceId(address);
          // The file may be bound to another iommufd than the shared one.
          device.ifPresent(it -> host.contextOf(it).ifPresent(context -> context.unbind(it)));
          return Done.DONE;
        });
  }

  @Override
  public HostResult<Done> unbind(int devId) {
    return locked(
        host -> {
          String address = assumed.get(devId);
          if (address == null) {
            return HostResult.refused(closed ? Errno.EBADF : Errno.ENOENT);
          }
          release(address);
          return HostResult.done();
        });
  }

  @Override
  public HostResult<Boolean> isIoasInUse(int ioasId) {
    return locked(
        host ->
            iommufd
                .table()
                .get(ioasId, KernelObject.Ioas.class)
                .then(ioas -> HostResult.ok(ioas.users > 0)));
  }

  @Override
  public Map<String, Integer> devices() {
    return locked(
        host ->
            assumed.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey)));
  }

  @Override
  public HostResult<Integer> attach(int devId, int ptId) {
    return locked(host -> through(devId).then(device -> attach(host, device, ptId)));
  }

  private static HostResult<Integer> attach(
      SimulatedHost host, KernelObject.Device device, int ptId) {
    return host.contextOf(device)
        .map(context -> context.attachments().attach(device, ptId))
        .orElse(HostResult.refused(Errno.EINVAL));
  }

  @Override
  public HostResult<Done> detach(int devId) {
    return locked(
        host ->
            through(devId)
                .then(
                    device -> {
                      host.contextOf(device)
                          .ifPresent(context -> context.attachments().detach(device));
                      return HostResult.done();
                    }));
  }

  private HostResult<KernelObject.Device> through(int devId) {
    String address = assumed.get(devId);
    if (closed || address == null) {
      return HostResult.refused(closed ? Errno.EBADF : Errno.ENOENT);
    }
    return look(address)
        .<HostResult<KernelObject.Device>>map(HostResult::ok)
        .orElse(HostResult.refused(Errno.EINVAL));
  }

  @Override
  public HostResult<HwInfo> hwInfo(int devId) {
    return iommufd.hwInfo(devId);
  }

  @Override
  public HostResult<Integer> allocIoas() {
    return iommufd.allocIoas();
  }

  @Override
  public HostResult<Done> map(
      int ioasId, long iova, long length, MapAccess access, RamSource source) {
    return iommufd.map(ioasId, iova, length, access, source);
  }

  @Override
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    return iommufd.unmap(ioasId, iova, length);
  }

  @Override
  public HostResult<Integer> allocNestingParent(int devId, int ioasId) {
    return iommufd.allocNestingParent(devId, ioasId);
  }

  @Override
  public HostResult<Integer> hardwareQueues(int devId) {
    return iommufd.hardwareQueues(devId);
  }

  @Override
  public HostResult<Integer> allocViommu(int devId, int s2HwptId, int type) {
    return iommufd.allocViommu(devId, s2HwptId, type);
  }

  @Override
  public HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length) {
    return iommufd.allocHwQueue(viommuId, index, iova, length);
  }

  @Override
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    return iommufd.allocVdevice(viommuId, devId, virtId);
  }

  @Override
  public HostResult<Integer> allocNestedHwpt(
      int devId, int viommuId, int flags, long ste0, long ste1) {
    return iommufd.allocNestedHwpt(devId, viommuId, flags, ste0, ste1);
  }

  @Override
  public HostResult<Done> destroy(int objectId) {
    return iommufd.destroy(objectId);
  }

  @Override
  public InvalidationReport invalidate(int viommuId, InvalidationBatch batch) {
    return iommufd.invalidate(viommuId, batch);
  }

  @Override
  public HostResult<Integer> allocVeventq(int viommuId, int type, int depth) {
    HostResult<Integer> made = iommufd.allocVeventq(viommuId, type, depth);
    if (made instanceof HostResult.Ok<Integer>(Integer id)) {
      locked(host -> veventqs.add(id));
    }
    return made;
  }

  @Override
  public HostResult<Boolean> pollVevents(int veventqId, int timeoutMillis) {
    return iommufd.pollVevents(veventqId, timeoutMillis);
  }

  @Override
  public HostResult<List<Vevent>> readVevents(int veventqId, int max) {
    return iommufd.readVevents(veventqId, max);
  }

  @Override
  public HostResult<Done> closeVeventq(int veventqId) {
    return iommufd.closeVeventq(veventqId);
  }

  /** Closes the copies as the end of the service's process does, without any further request. */
  @Override
  public void close() {
    locked(
        host -> {
          if (closed) {
            return Done.DONE;
          }
          veventqs.forEach(iommufd::closeVeventq);
          Set.copyOf(files.keySet()).forEach(this::release);
          closed = true;
          host.unshared(this);
          iommufd.closeCopy();
          return Done.DONE;
        });
  }
}
