package io.vsmmu.host.simulated;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.simulated.FaultInjector.EntryFault;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host without hardware. It refuses what the kernel refuses, records the operations, shows the
 * commands that reached its SMMUs, and fails calls by a plan. Thread-safe: one lock protects the
 * whole host.
 */
public final class SimulatedHost implements HostIommu {

  /** Default number of calls that are kept; older ones are dropped. */
  public static final int KEPT_CALLS = 16_384;

  /** The outcome of {@link #deviceFault}. */
  public enum FaultDelivery {
    QUEUED,
    /** The vEVENTQ was full, so that the event was lost and counted. */
    LOST,
    /**
     * The kernel drops the event: no nested HWPT is attached to a device with a vDEVICE, or the
     * vIOMMU has no vEVENTQ.
     */
    UNREPORTED
  }

  private static final int HTTU_DIRTY = 2;
  private static final int MAX_VMID = 0xFFFF;

  private final Object lock = new Object();
  private volatile Topology topology;
  private final IssuedCalls calls;
  private final List<SimulatedContext> contexts = new ArrayList<>();
  private final Map<Integer, SimulatedContext> groupOwners = new HashMap<>();
  private final List<SimulatedShare> shares = new ArrayList<>();
  private final Map<String, IommuContext> kept = new HashMap<>();
  private volatile boolean keeping;
  private FaultInjector faults = new FaultInjector(FaultPlan.none());
  private int opened;
  private int lastVmid;

  /** A host of this topology with {@link #KEPT_CALLS} calls that are kept. */
  public SimulatedHost(Topology topology) {
    this(topology, KEPT_CALLS);
  }

  /**
   * Makes a host of this topology.
   *
   * @param keptCalls number of calls that are kept, at least 1
   */
  public SimulatedHost(Topology topology, int keptCalls) {
    if (keptCalls < 1) {
      throw new IllegalArgumentException(
          "keptCalls: %d, allowed is at least 1".formatted(keptCalls));
    }
    this.topology = topology;
    this.calls = new IssuedCalls(keptCalls);
  }

  /** A host of {@link Topology#standard}. */
  public static SimulatedHost standard() {
    return new SimulatedHost(Topology.standard());
  }

  @Override
  public HostDescription describe() {
    return new HostDescription(
        topology.smmus().stream().map(this::describe).toList(),
        topology.devices().stream().map(this::describe).toList(),
        new KernelSupport(topology.kernel().version(), topology.kernel().features()));
  }

  private HostDescription.PhysicalSmmu describe(Topology.Smmu smmu) {
    boolean reachable =
        topology.devices().stream()
            .anyMatch(device -> device.boundToVfio() && device.smmu().equals(smmu.name()));
    return new HostDescription.PhysicalSmmu(
        smmu.name(), reachable ? Optional.of(smmu.ids()) : Optional.empty());
  }

  private HostDescription.Device describe(Topology.Device device) {
    return new HostDescription.Device(
        device.address(),
        device.group(),
        device.smmu(),
        device.streamIds(),
        device.boundToVfio(),
        device.boundToVfio() ? Optional.of(known(device)) : Optional.empty());
  }

  /**
   * The hw-info as {@link #describe} gives it: for a kernel that does not report ATS, the device's
   * configuration space decides.
   */
  private HwInfo known(Topology.Device device) {
    HwInfo info = hwInfo(device);
    return topology.kernel().atsCapability()
        ? info
        : info.withAtsOf(SimulatedConfigSpace.of(device));
  }

  @Override
  public Optional<ConfigSpace> configSpace(String address) {
    return topology.devices().stream()
        .filter(device -> device.boundToVfio() && device.address().equalsIgnoreCase(address))
        .map(SimulatedConfigSpace::of)
        .findFirst();
  }

  /**
   * Keeps descriptors from here on after the end of the process that opened them, as systemd's
   * store does.
   */
  public void keepDescriptors() {
    keeping = true;
  }

  @Override
  public boolean keepsDescriptors() {
    return keeping;
  }

  @Override
  public HostResult<IommuContext> open(String owner) {
    synchronized (lock) {
      HostResult<IommuContext> opened = open();
      if (keeping && opened instanceof HostResult.Ok<IommuContext>(IommuContext context)) {
        kept.put(owner, context);
      }
      return opened;
    }
  }

  /**
   * Returns the kept iommufd of this owner. It is not removed: a test may resume it several times.
   */
  @Override
  public Optional<IommuContext> resume(String owner) {
    synchronized (lock) {
      return Optional.ofNullable(kept.get(owner));
    }
  }

  @Override
  public HostResult<IommuContext> open() {
    synchronized (lock) {
      Optional<Errno> fault = faults.call(IommuCall.OPEN);
      if (fault.isPresent()) {
        record(0, IommuCall.OPEN, List.of(), fault, 0);
        return HostResult.refused(fault.get());
      }
      SimulatedContext context = new SimulatedContext(this, ++opened);
      contexts.add(context);
      record(opened, IommuCall.OPEN, List.of(), Optional.empty(), 0);
      return HostResult.ok(context);
    }
  }

  /** Makes a VMM that opens an iommufd of its own. */
  public SimulatedVmm vmm() {
    return new SimulatedVmm(this, (SimulatedContext) open().value());
  }

  /** Whether a {@link SimulatedShare} has a copy of the file of the device at this address. */
  public boolean isShared(String address) {
    synchronized (lock) {
      return shares.stream().anyMatch(share -> share.files().contains(address));
    }
  }

  void shared(SimulatedShare share) {
    shares.add(share);
  }

  void unshared(SimulatedShare share) {
    shares.remove(share);
  }

  public Topology topology() {
    return topology;
  }

  /**
   * Replaces the topology, as hot-plugging does; open contexts stay open.
   *
   * @param grown holds at least the SMMUs and devices that are in use
   */
  public void rebuild(Topology grown) {
    topology = grown;
  }

  /** Sets which calls fail from here on, and restarts the count of calls. */
  public void faults(FaultPlan plan) {
    synchronized (lock) {
      faults = new FaultInjector(plan);
    }
  }

  /** Calls that could fail since the fault plan was set. */
  public long calls() {
    synchronized (lock) {
      return faults.calls();
    }
  }

  /** Calls that the fault plan made fail since it was set. */
  public long faultsInjected() {
    synchronized (lock) {
      return faults.injected();
    }
  }

  /** The newest operations in order. */
  public List<IssuedCall> issuedCalls() {
    synchronized (lock) {
      return calls.entries();
    }
  }

  /** Number of all operations that were ever requested, including those that are no longer kept. */
  public long callCount() {
    synchronized (lock) {
      return calls.next();
    }
  }

  /** Live objects of all open contexts. */
  public ObjectCounts objects() {
    synchronized (lock) {
      ObjectCounts counts = ObjectCounts.NONE;
      for (SimulatedContext context : contexts) {
        counts = counts.plus(context.table());
      }
      return counts;
    }
  }

  /**
   * The attachment of the device at this address; empty when the device is not bound, or is bound
   * and not attached, so that its DMA is blocked.
   */
  public Optional<Attachment> attachment(String address) {
    synchronized (lock) {
      return bound(address).flatMap(SimulatedHost::attachment);
    }
  }

  /** The newest commands that the vIOMMU sent to its SMMU; empty when the id names no vIOMMU. */
  public List<IssuedCommand> issued(IommuContext context, int viommuId) {
    synchronized (lock) {
      return viommu(context, viommuId).map(viommu -> viommu.issued.newest()).orElse(List.of());
    }
  }

  /** Number of all commands that the vIOMMU ever sent to its SMMU. */
  public long issuedCount(IommuContext context, int viommuId) {
    synchronized (lock) {
      return viommu(context, viommuId).map(viommu -> viommu.issued.count()).orElse(0L);
    }
  }

  /** The mappings of an IOAS in order of their address; empty when the id names no IOAS. */
  public List<Mapping> mappings(IommuContext context, int ioasId) {
    synchronized (lock) {
      return own(context)
          .flatMap(own -> Optional.ofNullable(own.table().find(ioasId)))
          .filter(KernelObject.Ioas.class::isInstance)
          .map(object -> ((KernelObject.Ioas) object).space.mappings())
          .orElse(List.of());
    }
  }

  /**
   * Lets the device at this address cause an event on its SMMU. The StreamID field of the record is
   * replaced by the vSID, as the kernel does.
   *
   * @param word0 bits 63:0 of the event record
   * @param word1 bits 127:64
   * @param word2 bits 191:128
   * @param word3 bits 255:192
   */
  public FaultDelivery deviceFault(String address, long word0, long word1, long word2, long word3) {
    synchronized (lock) {
      KernelObject.Vmaster vmaster = bound(address).map(device -> device.vmaster).orElse(null);
      if (vmaster == null) {
        return FaultDelivery.UNREPORTED;
      }
      KernelObject.Veventq veventq =
          vmaster.viommu().veventqs.get(IommuContext.VEVENTQ_TYPE_ARM_SMMUV3);
      if (veventq == null) {
        return FaultDelivery.UNREPORTED;
      }
      long guest0 =
          (word0 & ~InvalidationRules.SID) | vmaster.vsid() << InvalidationRules.SID_SHIFT;
      boolean queued = veventq.queue.report(guest0, word1, word2, word3);
      lock.notifyAll();
      return queued ? FaultDelivery.QUEUED : FaultDelivery.LOST;
    }
  }

  /** Sets the sequence number of the vEVENTQ's next event, so that a test reaches its end. */
  public void nextSequence(IommuContext context, int veventqId, int sequence) {
    synchronized (lock) {
      own(context)
          .flatMap(own -> Optional.ofNullable(own.table().find(veventqId)))
          .filter(KernelObject.Veventq.class::isInstance)
          .ifPresent(object -> ((KernelObject.Veventq) object).queue.nextSequence(sequence));
    }
  }

  /** The VMID of the next guest: 1 to 65535, then again from 1. */
  int nextVmid() {
    lastVmid = lastVmid % MAX_VMID + 1;
    return lastVmid;
  }

  Object lock() {
    return lock;
  }

  /**
   * The owner of a group, as the iommu core keeps it (drivers/iommu/iommu.c,
   * iommu_device_claim_dma_owner).
   */
  Map<Integer, SimulatedContext> groupOwners() {
    return groupOwners;
  }

  Optional<KernelObject.Device> bound(String address) {
    return contexts.stream()
        .flatMap(context -> context.table().all(KernelObject.Device.class).stream())
        .filter(device -> device.config.address().equals(address))
        .findFirst();
  }

  /** The iommufd that the device is bound to. */
  Optional<SimulatedContext> contextOf(KernelObject.Device device) {
    return contexts.stream().filter(c -> c.table().find(device.id) == device).findFirst();
  }

  void closed(SimulatedContext context) {
    contexts.remove(context);
    kept.values().remove(context);
    groupOwners.values().removeIf(owner -> owner == context);
    lock.notifyAll();
  }

  <T> HostResult<T> call(
      SimulatedContext context,
      IommuCall operation,
      List<Object> arguments,
      Supplier<HostResult<T>> action) {
    synchronized (lock) {
      HostResult<T> result =
          faults
              .call(operation)
              .<HostResult<T>>map(HostResult::refused)
              .orElseGet(() -> context.isClosed() ? HostResult.refused(Errno.EBADF) : action.get());
      record(context.number(), operation, arguments, result.refusal(), number(result));
      return result;
    }
  }

  InvalidationReport invalidation(
      SimulatedContext context,
      List<Object> arguments,
      InvalidationBatch batch,
      InvalidationAction action) {
    synchronized (lock) {
      Optional<Errno> fault = faults.call(IommuCall.INVALIDATE);
      InvalidationReport report;
      if (fault.isPresent()) {
        // An ENOMEM is the driver's, before it changes entry_num; another error is iommufd's, which
        // sets it to 0.
        int entryNum = fault.get() == Errno.ENOMEM ? batch.size() : 0;
        report = InvalidationReport.failed(fault.get(), entryNum);
      } else if (context.isClosed()) {
        report = InvalidationReport.failed(Errno.EBADF, batch.size());
      } else {
        report = action.run(faults.entryFault(batch));
      }
      record(context.number(), IommuCall.INVALIDATE, arguments, report.errno(), report.entryNum());
      return report;
    }
  }

  /** The kernel's part of an invalidation, with the fault that the plan has for it. */
  interface InvalidationAction {
    InvalidationReport run(@Nullable EntryFault fault);
  }

  HwInfo hwInfo(Topology.Device device) {
    Topology.Smmu smmu =
        topology.smmus().stream()
            .filter(candidate -> candidate.name().equals(device.smmu()))
            .findFirst()
            .orElseThrow();
    int[] idr = smmu.ids().idr();
    boolean dirty = IdMask.HTTU.get(idr) == HTTU_DIRTY && IdMask.COHACC.get(idr) == 1;
    boolean noAts = topology.kernel().atsCapability() && !device.ats();
    long capabilities =
        (dirty ? HwInfo.CAP_DIRTY_TRACKING : 0) | (noAts ? HwInfo.CAP_PCI_ATS_NOT_SUPPORTED : 0);
    return new HwInfo(HwInfo.TYPE_ARM_SMMUV3, smmu.ids(), device.pasidLog2(), capabilities);
  }

  void record(
      int context, IommuCall operation, List<Object> arguments, Optional<Errno> errno, long value) {
    calls.add(new IssuedCall(calls.next(), context, operation, arguments, errno, value));
  }

  private static long number(HostResult<?> result) {
    return result instanceof HostResult.Ok<?>(Object value) && value instanceof Number number
        ? number.longValue()
        : 0;
  }

  private Optional<SimulatedContext> own(IommuContext context) {
    return contexts.stream().filter(own -> own == context).findFirst();
  }

  private Optional<KernelObject.Viommu> viommu(IommuContext context, int viommuId) {
    return own(context)
        .flatMap(own -> Optional.ofNullable(own.table().find(viommuId)))
        .filter(KernelObject.Viommu.class::isInstance)
        .map(KernelObject.Viommu.class::cast);
  }

  private static Optional<Attachment> attachment(KernelObject.Device device) {
    KernelObject.Hwpt hwpt = device.attached ? device.group.hwpt : null;
    return switch (hwpt) {
      case null -> Optional.empty();
      case KernelObject.PagingHwpt paging ->
          Optional.of(new Attachment(paging.id, Attachment.Kind.STAGE_2, 0, 0));
      case KernelObject.NestedHwpt nested ->
          Optional.of(
              new Attachment(
                  nested.id,
                  nested.ste.kind(nested.viommu.smmu.ids()),
                  nested.ste.word0(),
                  nested.ste.word1()));
    };
  }
}
