package io.vsmmu.host.kernel;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmOwnedLimits;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host that this process runs on, through the kernel's iommufd and vfio. Thread-safe.
 *
 * <p>{@link #describe} reads sysfs anew. A device's hw-info is read through the context that has
 * the device bound, or by binding the device for a moment, which is done once for as long as vfio
 * holds it: binding resets an idle device, and fails without an effect on a device that another
 * process has.
 */
public final class IommufdHost implements HostIommu, AutoCloseable {

  private final DescriptorStore store;
  private final Map<String, KeptDescriptors> kept = new ConcurrentHashMap<>();
  private final HostPaths paths;
  private final KernelCalls calls;
  private final SysfsTree sysfs;
  private final KernelProbe probe;
  private final HwInfoCache probed = new HwInfoCache();

  /**
   * Whether the kernel has ATTACH_WITHOUT_VDEVICE; empty until a device could be bound to try it.
   * It is a property of the kernel, so one device answers for all.
   */
  private volatile Optional<Boolean> attachesWithoutVdevice = Optional.empty();

  private final OfferedDevices offered = new OfferedDevices();
  private final Set<IommufdContext> contexts = ConcurrentHashMap.newKeySet();

  /** Serialises binds, so that the bind that only reads hw-info does not make another one fail. */
  private final ReentrantLock binding = new ReentrantLock();

  /** A host at the usual paths, whose descriptors end with this process. */
  public IommufdHost() {
    this(HostPaths.system(), KernelCalls.system());
  }

  /** A host at other paths, or with other system calls; its descriptors end with this process. */
  public IommufdHost(HostPaths paths, KernelCalls calls) {
    this(paths, calls, DescriptorStore.NONE);
  }

  /**
   * A host whose descriptors a store keeps while no process of the service runs.
   *
   * @param store the descriptors that it holds from an earlier process are taken over
   */
  public IommufdHost(HostPaths paths, KernelCalls calls, DescriptorStore store) {
    this.store = store;
    this.kept.putAll(KeptNames.byOwner(store.kept()));
    this.paths = paths;
    this.calls = calls;
    this.sysfs = new SysfsTree(paths);
    this.probe = new KernelProbe(paths, calls);
  }

  @Override
  public HostDescription describe() {
    List<PciDevice> present = sysfs.devicesBehindSmmus();
    probed.keepOnly(present);
    List<HostDescription.Device> devices = present.stream().map(this::describe).toList();
    List<HwInfo> known =
        devices.stream().flatMap(device -> device.hwInfo().stream()).distinct().toList();
    List<HostDescription.PhysicalSmmu> smmus =
        sysfs.smmus().stream().map(name -> describe(name, devices)).toList();
    KernelSupport kernel = probe.support(known, attachesWithoutVdevice);
    boolean tellsAts = kernel.has(KernelSupport.Feature.ATS_NOT_SUPPORTED_CAPABILITY);
    return new HostDescription(
        smmus,
        tellsAts ? devices : devices.stream().map(this::withAtsByCapability).toList(),
        kernel);
  }

  private HostDescription.Device withAtsByCapability(HostDescription.Device device) {
    return configSpace(device.address())
        .map(space -> device.withHwInfo(device.hwInfo().map(info -> info.withAtsOf(space))))
        .orElse(device);
  }

  @Override
  public Optional<ConfigSpace> configSpace(String address) {
    return sysfs
        .device(address.toLowerCase(Locale.ROOT))
        .flatMap(device -> probed(device).flatMap(HwInfoCache.Probed::space));
  }

  private static HostDescription.PhysicalSmmu describe(
      String name, List<HostDescription.Device> devices) {
    return new HostDescription.PhysicalSmmu(
        name,
        devices.stream()
            .filter(device -> device.smmu().equals(name))
            .flatMap(device -> device.hwInfo().stream())
            .filter(info -> info.dataType() == HwInfo.TYPE_ARM_SMMUV3)
            .map(HwInfo::ids)
            .findFirst());
  }

  private HostDescription.Device describe(PciDevice device) {
    boolean vfio = device.deviceFile().isPresent();
    return new HostDescription.Device(
        device.address(),
        device.iommuGroup().orElseThrow(),
        device.smmu().orElseThrow(),
        device.streamIds(),
        vfio,
        vfio ? probed(device).map(HwInfoCache.Probed::info) : Optional.empty());
  }

  private Optional<HwInfoCache.Probed> probed(PciDevice device) {
    Optional<HwInfoCache.Probed> known = probed.of(device);
    if (known.isPresent() || device.deviceFile().isEmpty()) {
      return known;
    }
    binding.lock();
    try {
      Optional<HwInfoCache.Probed> found =
          contexts.stream()
              .flatMap(context -> context.probe(device.address()).stream())
              .findFirst()
              .or(() -> isShared(device.address()) ? Optional.empty() : bindAndProbe(device));
      found.ifPresent(info -> probed.put(device, info));
      return found;
    } finally {
      binding.unlock();
    }
  }

  private Optional<HwInfoCache.Probed> bindAndProbe(PciDevice device) {
    if (!(Iommufd.open(calls, paths.iommu()) instanceof HostResult.Ok<Iommufd>(Iommufd iommufd))) {
      return Optional.empty();
    }
    try (iommufd) {
      if (!(openFile(device) instanceof HostResult.Ok<VfioDevice>(VfioDevice file))) {
        return Optional.empty();
      }
      try (file) {
        HostResult<Integer> devId = file.bind(iommufd);
        HostResult<HwInfo> info = devId.then(iommufd.hwInfo()::of);
        if (info.isOk() && attachesWithoutVdevice.isEmpty()) {
          attachesWithoutVdevice = KernelProbe.attachesWithoutVdevice(iommufd, file, devId.value());
        }
        return info.isOk()
            ? Optional.of(new HwInfoCache.Probed(info.value(), ConfigRegion.read(file)))
            : Optional.empty();
      }
    }
  }

  @Override
  public HostResult<IommuContext> open() {
    return openContext().then(HostResult::ok);
  }

  @Override
  public HostResult<IommuContext> open(String owner) {
    return openContext(new KeptDescriptorSync(store, owner)).then(HostResult::ok);
  }

  @Override
  public boolean keepsDescriptors() {
    return store.keeps();
  }

  /**
   * An iommufd of an earlier process; descriptors that can no longer be used are closed and removed
   * from the store.
   */
  @Override
  public Optional<IommuContext> resume(String owner) {
    KeptDescriptors found = kept.remove(owner);
    if (found == null) {
      return Optional.empty();
    }
    KeptDescriptorSync sync = new KeptDescriptorSync(store, owner);
    sync.alreadyKept(found);
    HostResult<IommufdContext> resumed = resume(found, sync);
    if (!resumed.isOk()) {
      sync.dropAll();
      return Optional.empty();
    }
    return Optional.of(resumed.value());
  }

  @Override
  public void closeUnclaimed() {
    for (String owner : List.copyOf(kept.keySet())) {
      KeptDescriptors unclaimed = kept.remove(owner);
      if (unclaimed != null) {
        KeptDescriptorSync sync = new KeptDescriptorSync(store, owner);
        sync.alreadyKept(unclaimed);
        sync.dropAll();
        unclaimed.all().forEach(calls::close);
      }
    }
  }

  /** As {@link #open}; the result has the operations of this host as well. */
  public HostResult<IommufdContext> openContext() {
    return openContext(KeptDescriptorSync.NOTHING);
  }

  /**
   * Takes copies of an iommufd that a VMM opened and of the files of devices that the VMM binds to
   * it. Owns the descriptors from here on, and closes all of them when it refuses. Requests on the
   * devices are made only after the VMM has bound them.
   *
   * <p>Errors: ENOTTY the first descriptor is no iommufd, or another is no vfio device file of a
   * PCI device; EEXIST two descriptors are of one device, or the device is shared already; ENFILE
   * more than {@link VmmOwnedLimits#DEVICES}.
   */
  public HostResult<SharedIommufd> share(Fd iommu, List<Fd> files) {
    Map<String, VfioDevice> copies = new LinkedHashMap<>();
    Optional<Errno> refusal =
        files.size() > VmmOwnedLimits.DEVICES ? Optional.of(Errno.ENFILE) : iommufdRefusal(iommu);
    for (Fd file : files) {
      refusal = refusal.or(() -> copyRefusal(file, copies));
    }
    if (refusal.isPresent()) {
      calls.close(iommu);
      files.forEach(calls::close);
      return HostResult.refused(refusal.get());
    }
    return HostResult.ok(register(new IommufdContext(this, Iommufd.over(calls, iommu), copies)));
  }

  /**
   * Takes one more file of a device that the VMM of a shared iommufd binds to it. Owns the
   * descriptor from here on, and closes it when it refuses.
   *
   * <p>Errors: ENOTTY the descriptor is no vfio device file of a PCI device; EEXIST a file of the
   * device is shared already; ENFILE {@link VmmOwnedLimits#DEVICES} files are shared; EBADF the
   * iommufd is closed.
   *
   * @return the device's PCI address
   */
  public HostResult<String> addFile(SharedIommufd shared, Fd file) {
    Map<String, VfioDevice> copy = new LinkedHashMap<>();
    Optional<Errno> refusal =
        shared.files().size() >= VmmOwnedLimits.DEVICES
            ? Optional.of(Errno.ENFILE)
            : copyRefusal(file, copy);
    boolean added =
        refusal.isEmpty() && contexts.stream().anyMatch(c -> c == shared && c.addFiles(copy));
    if (!added) {
      calls.close(file);
      return HostResult.refused(refusal.orElse(Errno.EBADF));
    }
    return HostResult.ok(copy.keySet().iterator().next());
  }

  /**
   * Why the descriptor is no iommufd: an iommufd answers a request for object 0, which never
   * exists, with ENOENT, and another file answers with ENOTTY.
   */
  private Optional<Errno> iommufdRefusal(Fd fd) {
    return Iommufd.over(calls, fd)
        .ioas()
        .iovaRanges(0)
        .refusal()
        .filter(errno -> errno != Errno.ENOENT)
        .map(errno -> Errno.ENOTTY);
  }

  private Optional<Errno> copyRefusal(Fd file, Map<String, VfioDevice> copies) {
    return switch (addressOf(file)) {
      case HostResult.Refused<Optional<String>>(Errno errno) -> Optional.of(errno);
      case HostResult.Ok<Optional<String>>(Optional<String> address) -> {
        if (address.isEmpty()) {
          yield Optional.of(Errno.ENOTTY);
        }
        boolean known = isShared(address.get());
        VfioDevice earlier = copies.put(address.get(), VfioDevice.over(calls, file));
        yield known || earlier != null ? Optional.of(Errno.EEXIST) : Optional.empty();
      }
    };
  }

  /** Path of the device's vfio file; empty when no vfio driver has the device. */
  public Optional<Path> deviceFile(String address) {
    return sysfs.device(address).flatMap(PciDevice::deviceFile).map(paths.vfioDevices()::resolve);
  }

  /** Finds the iommufds and vfio device files that processes have open. */
  public VmmProcesses processes() {
    return new VmmProcesses(paths, sysfs);
  }

  /** Whether a VMM's file of the device is shared, so that the VMM binds the device. */
  public boolean isShared(String address) {
    return contexts.stream().anyMatch(context -> context.files().contains(address));
  }

  /** Number of the device's iommu group; -1 when it has none. */
  int groupOf(String address) {
    return sysfs.device(address).map(PciDevice::iommuGroup).orElse(OptionalInt.empty()).orElse(-1);
  }

  private HostResult<IommufdContext> openContext(KeptDescriptorSync sync) {
    return Iommufd.open(calls, paths.iommu())
        .then(iommufd -> HostResult.ok(register(new IommufdContext(this, iommufd, sync))));
  }

  /**
   * Takes a vfio device file that another process opened, and keeps it until {@link
   * IommuContext#bind} of its address uses it instead of opening the file. Owns the descriptor from
   * here on, and closes it when it refuses.
   *
   * <p>Errors: ENOTTY the descriptor is no vfio device file; ENFILE {@link
   * KernelHostLimits#OFFERED_DEVICES} devices wait already.
   *
   * @return the device's PCI address
   */
  public HostResult<String> offer(Fd fd) {
    return switch (addressOf(fd)) {
      case HostResult.Refused<Optional<String>>(Errno errno) -> refuse(fd, errno);
      case HostResult.Ok<Optional<String>>(Optional<String> address) ->
          address
              .map(known -> offered.put(known, VfioDevice.over(calls, fd)))
              .orElseGet(() -> refuse(fd, Errno.ENOTTY));
    };
  }

  private HostResult<String> refuse(Fd fd, Errno errno) {
    calls.close(fd);
    return HostResult.refused(errno);
  }

  /**
   * Closes the descriptor that was offered for this device; does nothing when there is none or it
   * was bound.
   */
  public void withdraw(String address) {
    offered.take(address.toLowerCase(Locale.ROOT)).ifPresent(VfioDevice::close);
  }

  /** Whether a descriptor of the device was offered and the device is not bound yet. */
  public boolean isOffered(String address) {
    return offered.has(address.toLowerCase(Locale.ROOT));
  }

  /** PCI address of the device whose vfio file the descriptor refers to; empty for another file. */
  public HostResult<Optional<String>> addressOf(Fd fd) {
    return calls.deviceNumber(fd).then(number -> HostResult.ok(number.flatMap(sysfs::addressOf)));
  }

  /**
   * Makes a context of descriptors that were kept while no process of the service ran; the kernel's
   * objects have not changed meanwhile. Owns the descriptors from here on, and closes all of them
   * when it refuses.
   *
   * <p>Errors: ENOTTY a descriptor is not of the device of its name; the error of {@code
   * IOMMU_GET_HW_INFO} when a device is not bound to the iommufd with its dev_id.
   */
  public HostResult<IommufdContext> resume(KeptDescriptors kept) {
    return resume(kept, KeptDescriptorSync.NOTHING);
  }

  private HostResult<IommufdContext> resume(KeptDescriptors kept, KeptDescriptorSync sync) {
    Iommufd iommufd = Iommufd.over(calls, kept.iommufd());
    for (KeptDescriptors.Device device : kept.devices()) {
      Optional<Errno> refusal =
          checked(device).then(unused -> iommufd.hwInfo().of(device.devId())).refusal();
      if (refusal.isPresent()) {
        kept.all().forEach(calls::close);
        return HostResult.refused(refusal.get());
      }
    }
    IommufdContext context = new IommufdContext(this, iommufd, sync);
    context.adopt(kept);
    return HostResult.ok(register(context));
  }

  private HostResult<Optional<String>> checked(KeptDescriptors.Device device) {
    return addressOf(device.fd())
        .then(
            found ->
                found.filter(device.address()::equals).isPresent()
                    ? HostResult.ok(found)
                    : HostResult.refused(Errno.ENOTTY));
  }

  /** A diagnosis of this host and its devices. */
  public HostDiagnosis diagnosis() {
    return new HostDiagnosis(paths, calls, sysfs);
  }

  /** Closes the offered descriptors; contexts stay open. */
  @Override
  public void close() {
    offered.clear();
  }

  KernelCalls calls() {
    return calls;
  }

  void closed(IommufdContext context) {
    contexts.remove(context);
  }

  private IommufdContext register(IommufdContext context) {
    contexts.add(context);
    return context;
  }

  /** A device's file that is bound to an iommufd. */
  record Bound(String address, int devId, VfioDevice file) {}

  /**
   * Binds the device at this address. A file that was opened for it is closed when that fails; an
   * offered one is kept.
   */
  HostResult<Bound> bind(String deviceAddress, Iommufd iommufd) {
    binding.lock();
    try {
      String address = deviceAddress.toLowerCase(Locale.ROOT);
      Optional<VfioDevice> offer = offered.take(address);
      if (offer.isPresent()) {
        HostResult<Bound> bound = bind(address, offer.get(), iommufd);
        if (!bound.isOk()) {
          offered.put(address, offer.get());
        }
        return bound;
      }
      return sysfs
          .device(address)
          .map(this::openFile)
          .orElse(HostResult.refused(Errno.ENOENT))
          .then(
              file -> {
                HostResult<Bound> bound = bind(address, file, iommufd);
                if (!bound.isOk()) {
                  file.close();
                }
                return bound;
              });
    } finally {
      binding.unlock();
    }
  }

  private static HostResult<Bound> bind(String address, VfioDevice file, Iommufd iommufd) {
    return file.bind(iommufd).then(devId -> HostResult.ok(new Bound(address, devId, file)));
  }

  private HostResult<VfioDevice> openFile(PciDevice device) {
    return device
        .deviceFile()
        .map(name -> VfioDevice.open(calls, paths.vfioDevices().resolve(name)))
        .orElse(HostResult.refused(Errno.ENOENT));
  }
}
