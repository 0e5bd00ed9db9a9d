package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.Vevent;
import io.vsmmu.posix.Errno;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One open iommufd of a {@link SimulatedHost}. Every operation is recorded among the calls of the
 * host, and a {@link FaultPlan} can make it fail.
 */
final class SimulatedContext implements IommuContext {

  private final SimulatedHost host;
  private final int number;
  private final ObjectTable table = new ObjectTable();
  private final Map<Integer, KernelObject.Group> groups = new HashMap<>();
  private final ObjectGraph graph;
  private final Attachments attachments;
  private boolean closed;

  /** Number of open copies of the descriptor. */
  private int copies = 1;

  SimulatedContext(SimulatedHost host, int number) {
    this.host = host;
    this.number = number;
    this.graph = new ObjectGraph(host::topology, table, host::nextVmid);
    this.attachments = new Attachments(table, host::topology);
  }

  int number() {
    return number;
  }

  boolean isClosed() {
    return closed;
  }

  ObjectTable table() {
    return table;
  }

  @Override
  public HostResult<Integer> bind(String deviceAddress) {
    return call(
        IommuCall.BIND,
        List.of(deviceAddress),
        () ->
            host.topology().devices().stream()
                .filter(device -> device.address().equals(deviceAddress) && device.boundToVfio())
                .findFirst()
                .map(this::bind)
                .orElse(HostResult.refused(Errno.ENOENT)));
  }

  private HostResult<Integer> bind(Topology.Device device) {
    if (host.bound(device.address()).isPresent()) {
      return HostResult.refused(Errno.EINVAL);
    }
    SimulatedContext owner = host.groupOwners().putIfAbsent(device.group(), this);
    if (owner != null && owner != this) {
      return HostResult.refused(Errno.EPERM);
    }
    KernelObject.Group group =
        groups.computeIfAbsent(device.group(), unused -> new KernelObject.Group());
    return HostResult.ok(table.add(id -> new KernelObject.Device(id, device, group)).id);
  }

  @Override
  public HostResult<Done> unbind(int devId) {
    return call(IommuCall.UNBIND, List.of(devId), () -> device(devId).then(this::unbind));
  }

  /** Closes one copy of the device's file; closing the last unbinds the device. */
  HostResult<Done> unbind(KernelObject.Device device) {
    device.files--;
    if (device.files > 0) {
      return HostResult.done();
    }
    attachments.detach(device);
    if (device.vdevice != null) {
      graph.entomb(device.vdevice);
    }
    table.remove(device);
    boolean last =
        table.all(KernelObject.Device.class).stream()
            .noneMatch(other -> other.group == device.group);
    if (last) {
      host.groupOwners().remove(device.config.group());
    }
    return HostResult.done();
  }

  @Override
  public Map<String, Integer> devices() {
    synchronized (host.lock()) {
      return table.all(KernelObject.Device.class).stream()
          .collect(Collectors.toMap(device -> device.config.address(), device -> device.id));
    }
  }

  @Override
  public HostResult<HwInfo> hwInfo(int devId) {
    return call(
        IommuCall.HW_INFO,
        List.of(devId),
        () -> device(devId).then(device -> HostResult.ok(host.hwInfo(device.config))));
  }

  @Override
  public HostResult<Integer> allocIoas() {
    return call(
        IommuCall.ALLOC_IOAS, List.of(), () -> HostResult.ok(table.add(KernelObject.Ioas::new).id));
  }

  @Override
  public HostResult<Done> map(
      int ioasId, long iova, long length, MapAccess access, RamSource source) {
    return call(
        IommuCall.MAP,
        List.of(ioasId, iova, length, access, source),
        () ->
            ioas(ioasId)
                .then(ioas -> ioas.space.map(iova, length, access, source, ioas.users > 0)));
  }

  @Override
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    return call(
        IommuCall.UNMAP,
        List.of(ioasId, iova, length),
        () -> ioas(ioasId).then(ioas -> ioas.space.unmap(iova, length)));
  }

  @Override
  public HostResult<Integer> allocNestingParent(int devId, int ioasId) {
    return call(
        IommuCall.ALLOC_NESTING_PARENT,
        List.of(devId, ioasId),
        () -> graph.allocNestingParent(devId, ioasId));
  }

  @Override
  public HostResult<Integer> hardwareQueues(int devId) {
    return call(IommuCall.HARDWARE_QUEUES, List.of(devId), () -> graph.hardwareQueues(devId));
  }

  @Override
  public HostResult<Integer> allocViommu(int devId, int s2HwptId, int type) {
    return call(
        IommuCall.ALLOC_VIOMMU,
        List.of(devId, s2HwptId, type),
        () -> graph.allocViommu(devId, s2HwptId, type));
  }

  @Override
  public HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length) {
    return call(
        IommuCall.ALLOC_HW_QUEUE,
        List.of(viommuId, index, iova, length),
        () -> graph.allocHwQueue(viommuId, index, iova, length));
  }

  @Override
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    return call(
        IommuCall.ALLOC_VDEVICE,
        List.of(viommuId, devId, virtId),
        () -> graph.allocVdevice(viommuId, devId, virtId));
  }

  @Override
  public HostResult<Integer> allocNestedHwpt(
      int devId, int viommuId, int flags, long ste0, long ste1) {
    return call(
        IommuCall.ALLOC_NESTED_HWPT,
        List.of(devId, viommuId, flags, ste0, ste1),
        () -> graph.allocNestedHwpt(devId, viommuId, flags, ste0, ste1));
  }

  @Override
  public HostResult<Integer> attach(int devId, int ptId) {
    return call(
        IommuCall.ATTACH,
        List.of(devId, ptId),
        () -> device(devId).then(device -> attachments.attach(device, ptId)));
  }

  @Override
  public HostResult<Done> detach(int devId) {
    return call(
        IommuCall.DETACH,
        List.of(devId),
        () ->
            device(devId)
                .then(
                    device -> {
                      attachments.detach(device);
                      return HostResult.done();
                    }));
  }

  @Override
  public HostResult<Done> destroy(int objectId) {
    return call(IommuCall.DESTROY, List.of(objectId), () -> graph.destroy(objectId));
  }

  @Override
  public InvalidationReport invalidate(int viommuId, InvalidationBatch batch) {
    return host.invalidation(
        this, List.of(viommuId, batch), batch, fault -> graph.invalidate(viommuId, batch, fault));
  }

  @Override
  public HostResult<Integer> allocVeventq(int viommuId, int type, int depth) {
    return call(
        IommuCall.ALLOC_VEVENTQ,
        List.of(viommuId, type, depth),
        () -> graph.allocVeventq(viommuId, type, depth));
  }

  @Override
  public HostResult<Boolean> pollVevents(int veventqId, int timeoutMillis) {
    return call(
        IommuCall.POLL_VEVENTS,
        List.of(veventqId, timeoutMillis),
        () -> openVeventq(veventqId).then(veventq -> poll(veventq, timeoutMillis)));
  }

  private HostResult<Boolean> poll(KernelObject.Veventq veventq, int timeoutMillis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    long left = timeoutMillis;
    while (veventq.queue.isEmpty() && veventq.open && !closed && left > 0) {
      try {
        host.lock().wait(left);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return HostResult.refused(Errno.EINTR);
      }
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    return veventq.open && !closed
        ? HostResult.ok(!veventq.queue.isEmpty())
        : HostResult.refused(Errno.EBADF);
  }

  @Override
  public HostResult<List<Vevent>> readVevents(int veventqId, int max) {
    return call(
        IommuCall.READ_VEVENTS,
        List.of(veventqId, max),
        () -> openVeventq(veventqId).then(veventq -> HostResult.ok(veventq.queue.read(max))));
  }

  @Override
  public HostResult<Done> closeVeventq(int veventqId) {
    return call(
        IommuCall.CLOSE_VEVENTQ,
        List.of(veventqId),
        () -> openVeventq(veventqId).then(this::closeDescriptor));
  }

  private HostResult<Done> closeDescriptor(KernelObject.Veventq veventq) {
    veventq.open = false;
    veventq.users--;
    host.lock().notifyAll();
    return HostResult.done();
  }

  /** The attachments of this iommufd, for a request through a device's open file. */
  Attachments attachments() {
    return attachments;
  }

  SimulatedHost host() {
    return host;
  }

  /** Counts one more copy of the descriptor. */
  void copied() {
    copies++;
  }

  /** Closes one copy of the descriptor; closing the last closes the iommufd. */
  void closeCopy() {
    synchronized (host.lock()) {
      copies--;
      if (copies == 0) {
        close();
      }
    }
  }

  @Override
  public void close() {
    synchronized (host.lock()) {
      if (closed) {
        return;
      }
      host.record(number, IommuCall.CLOSE, List.of(), Optional.empty(), 0);
      closed = true;
      table.clear();
      groups.clear();
      host.closed(this);
    }
  }

  private <T> HostResult<T> call(
      IommuCall operation, List<Object> arguments, Supplier<HostResult<T>> action) {
    return host.call(this, operation, arguments, action);
  }

  private HostResult<KernelObject.Device> device(int devId) {
    return table.get(devId, KernelObject.Device.class);
  }

  private HostResult<KernelObject.Ioas> ioas(int ioasId) {
    return table.get(ioasId, KernelObject.Ioas.class);
  }

  private HostResult<KernelObject.Veventq> openVeventq(int veventqId) {
    return table
        .get(veventqId, KernelObject.Veventq.class)
        .then(veventq -> veventq.open ? HostResult.ok(veventq) : HostResult.refused(Errno.EBADF));
  }
}
