package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.Vevent;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the nested translation of devices that a VMM owns, on the VMM's own iommufd.
 *
 * <p>It differs from an iommufd that this process opened:
 *
 * <ul>
 *   <li>{@link #bind} finds the device object that the VMM bound; {@link VmmRefusal} lists why it
 *       may fail. A device object is never guessed: the kernel reports it ({@link
 *       SharedIommufd#reportedDeviceId}), it is the only one, the sender of the iommufd stated it,
 *       or an experiment identified it ({@link DeviceProof}).
 *   <li>{@link #allocIoas} returns the VMM's IOAS; {@link #map} and {@link #unmap} do nothing,
 *       because the VMM maps the guest's RAM itself.
 *   <li>{@link #unbind} returns the device to the VMM: it is attached to the VMM's IOAS, so that
 *       its DMA uses the VMM's page table as before, and this process's copy of its file is closed,
 *       so that the VMM can unplug it. The devices of an iommu group are returned together.
 *   <li>{@link #destroy} gives ENOENT for the VMM's objects.
 *   <li>{@link #freeObjects} and {@link #close} destroy each object that was allocated here:
 *       closing this process's copy of the descriptor frees nothing while the VMM has its own.
 * </ul>
 */
public final class VmmContext implements IommuContext {

  private final SharedIommufd shared;
  private final VmmObjects objects;
  private final IommufdHandover handover;

  /** Ids of the objects that were allocated here and not destroyed. */
  private final Set<Integer> own = ConcurrentHashMap.newKeySet();

  /** Device objects that the VMM detached or attached to another page table. */
  private final Set<Integer> detachedByVmm = ConcurrentHashMap.newKeySet();

  /**
   * Device objects that cannot be returned yet, because others of their iommu group are attached
   * here.
   */
  private final List<Integer> waiting = new ArrayList<>();

  /** Ids of device objects that the sender of the iommufd stated, by PCI address. */
  private final Map<String, Integer> statedIds = new ConcurrentHashMap<>();

  private final Map<String, VmmRefusal> refusals = new ConcurrentHashMap<>();
  private int ioas;
  private boolean checkedForNesting;

  /** Makes no request; the iommufd is examined with the first {@link #bind}. */
  public VmmContext(SharedIommufd shared, IommufdHandover handover) {
    this.shared = shared;
    this.objects = new VmmObjects(shared);
    this.handover = handover;
    this.statedIds.putAll(handover.devIds());
  }

  /** Adds ids of device objects, by PCI address, of devices whose files were added later. */
  public void addDeviceIds(Map<String, Integer> devIds) {
    statedIds.putAll(devIds);
  }

  @Override
  public boolean ownedByVmm() {
    return true;
  }

  /** Why the last {@link #bind} of the device failed; empty after a success. */
  public Optional<VmmRefusal> refusal(String address) {
    return Optional.ofNullable(refusals.get(address));
  }

  /**
   * Notes that the VMM detached the device, or attached it to another page table. {@link #detach}
   * and {@link #unbind} then leave its attachment alone, and only this process's copy of its file
   * is closed.
   */
  public void markDetachedByVmm(int devId) {
    detachedByVmm.add(devId);
  }

  /**
   * Whether a device object that was found still exists, so that the VMM has not closed the device.
   */
  public boolean exists(int devId) {
    return objects.isDevice(devId);
  }

  @Override
  public synchronized HostResult<Integer> bind(String deviceAddress) {
    Integer known = shared.devices().get(deviceAddress);
    if (known != null) {
      return HostResult.ok(known);
    }
    HostResult<Integer> found = found(deviceAddress);
    return found.then(
        devId -> shared.assumeDeviceId(deviceAddress, devId).then(done -> HostResult.ok(devId)));
  }

  /**
   * Takes the device object that an earlier process of the service found and that the log records,
   * if the id still names a device.
   *
   * @return the refusal of {@link #bind} when the id names no device
   */
  public synchronized HostResult<Integer> bindAgain(String address, int devId) {
    if (!shared.files().contains(address)) {
      return refused(address, VmmRefusal.NO_FILE);
    }
    checkedForNesting = true;
    return shared.isBound(address) && objects.isDevice(devId)
        ? shared.assumeDeviceId(address, devId).then(done -> HostResult.ok(devId))
        : refused(address, VmmRefusal.WRONG_ID);
  }

  /**
   * Whether the iommufd has these objects of an earlier process, as far as requests can show.
   *
   * @param ioas the VMM's IOAS
   * @param nestingParent the stage 2 on it
   * @param viommu the vIOMMU on that
   */
  public synchronized boolean has(int ioas, int nestingParent, int viommu) {
    return objects.isIoas(ioas)
        && objects.isViommu(viommu)
        && objects.isNestingParent(nestingParent);
  }

  private HostResult<Integer> found(String address) {
    refusals.remove(address);
    if (!shared.files().contains(address)) {
      return refused(address, VmmRefusal.NO_FILE);
    }
    if (!shared.isBound(address)) {
      return refused(address, VmmRefusal.NOT_BOUND);
    }
    if (vmmNests()) {
      return refused(address, VmmRefusal.VMM_NESTS);
    }
    List<Integer> candidates = candidates();
    if (candidates.isEmpty()) {
      return refused(address, VmmRefusal.OTHER_IOMMUFD);
    }
    return vmmIoas().then(there -> byStatement(address, candidates, there));
  }

  private HostResult<Integer> refused(String address, VmmRefusal why) {
    refusals.put(address, why);
    return HostResult.refused(why.errno());
  }

  /** Device objects that are not known to be those of another file. */
  private List<Integer> candidates() {
    List<Integer> candidates = new ArrayList<>(objects.devices());
    candidates.removeAll(shared.devices().values());
    return candidates;
  }

  /**
   * Checked once, before anything is allocated here, because afterwards a vIOMMU may be one of this
   * process.
   */
  private boolean vmmNests() {
    if (!checkedForNesting && objects.firstViommu().isPresent()) {
      return true;
    }
    checkedForNesting = true;
    return false;
  }

  private HostResult<Integer> byStatement(String address, List<Integer> candidates, int there) {
    Integer devId = statedIds.get(address);
    OptionalInt named = shared.reportedDeviceId(address);
    if (named.isPresent()) {
      return named(address, candidates, there, named.getAsInt());
    }
    if (devId == null) {
      return proved(address, candidates, there);
    }
    if (!candidates.contains(devId)) {
      return refused(address, VmmRefusal.WRONG_ID);
    }
    boolean experiments = candidates.size() > 1 && canExperiment(address);
    DeviceProof proof = new DeviceProof(shared, there);
    boolean holds =
        isBoundHere(address, proof, devId) && (!experiments || proof.isObject(address, devId));
    own.addAll(proof.end());
    return holds ? HostResult.ok(devId) : refused(address, VmmRefusal.WRONG_ID);
  }

  /** The kernel reports the id, but not the iommufd on which it is one. */
  private HostResult<Integer> named(
      String address, List<Integer> candidates, int there, int named) {
    if (statedIds.getOrDefault(address, named) != named) {
      return refused(address, VmmRefusal.WRONG_ID);
    }
    return proved(address, candidates.stream().filter(id -> id == named).toList(), there);
  }

  private HostResult<Integer> proved(String address, List<Integer> candidates, int there) {
    DeviceProof proof = new DeviceProof(shared, there);
    List<Integer> possible =
        candidates.stream().filter(candidate -> isBoundHere(address, proof, candidate)).toList();
    List<Integer> left =
        possible.size() > 1 && canExperiment(address)
            ? possible.stream().filter(candidate -> isProved(address, there, candidate)).toList()
            : possible;
    own.addAll(proof.end());
    return switch (left.size()) {
      case 0 -> refused(address, VmmRefusal.OTHER_IOMMUFD);
      case 1 -> HostResult.ok(left.getFirst());
      default -> refused(address, VmmRefusal.AMBIGUOUS_DEVICE);
    };
  }

  /** Each experiment allocates a stage 2, so one ends before the next begins. */
  private boolean isProved(String address, int there, int candidate) {
    DeviceProof proof = new DeviceProof(shared, there);
    boolean proved = proof.isObject(address, candidate);
    own.addAll(proof.end());
    return proved;
  }

  /**
   * Whether the device is bound to this iommufd. An experiment is not needed when another device of
   * its group is, because a group belongs to one iommufd (drivers/iommu/iommu.c,
   * iommu_device_claim_dma_owner).
   */
  private boolean isBoundHere(String address, DeviceProof proof, int candidate) {
    return hasGroupMember(address) || proof.isBoundHere(address, candidate);
  }

  private boolean hasGroupMember(String address) {
    return shared.devices().keySet().stream()
        .anyMatch(other -> shared.group(other) == shared.group(address));
  }

  private boolean canExperiment(String address) {
    long members =
        shared.files().stream()
            .filter(other -> shared.group(other) == shared.group(address))
            .count();
    return members == 1 && !shared.mayDma(address);
  }

  private HostResult<Integer> vmmIoas() {
    if (ioas != 0 && objects.isIoas(ioas)) {
      return HostResult.ok(ioas);
    }
    if (handover.ioas().isPresent()) {
      ioas = handover.ioas().getAsInt();
      return objects.isIoas(ioas)
          ? HostResult.ok(ioas)
          : HostResult.refused(VmmRefusal.NO_IOAS.errno());
    }
    List<Integer> used = objects.ioasesInUse();
    if (used.size() != 1) {
      VmmRefusal why = used.isEmpty() ? VmmRefusal.NO_IOAS : VmmRefusal.AMBIGUOUS_IOAS;
      return HostResult.refused(why.errno());
    }
    ioas = used.getFirst();
    return HostResult.ok(ioas);
  }

  @Override
  public synchronized HostResult<Done> unbind(int devId) {
    Optional<String> address = addressOf(devId);
    if (address.isEmpty()) {
      return HostResult.refused(Errno.ENOENT);
    }
    waiting.add(devId);
    returnDevices();
    return HostResult.done();
  }

  /**
   * Returns waiting devices until no further one can be returned: returning one may allow another
   * of its group.
   */
  private void returnDevices() {
    boolean again = true;
    while (again) {
      again = waiting.removeIf(this::isReturned);
    }
  }

  private boolean isReturned(int devId) {
    boolean wanted =
        !detachedByVmm.remove(devId)
            && handover.vmmLives().getAsBoolean()
            && objects.isDevice(devId);
    if (wanted && vmmIoas() instanceof HostResult.Ok<Integer>(Integer there)) {
      // EINVAL: another device of its group is attached to an HWPT of this process, and will be
      // returned too.
      if (shared.attach(devId, there).refusal().equals(Optional.of(Errno.EINVAL))
          && hasAttachedGroupMember(devId)) {
        return false;
      }
    }
    // When the device is plugged in again, its file is bound to another object.
    addressOf(devId).ifPresent(statedIds::remove);
    shared.unbind(devId);
    return true;
  }

  private boolean hasAttachedGroupMember(int devId) {
    Optional<Integer> group = addressOf(devId).map(shared::group);
    return shared.devices().entrySet().stream()
        .anyMatch(
            other ->
                other.getValue() != devId
                    && !waiting.contains(other.getValue())
                    && group.equals(Optional.of(shared.group(other.getKey()))));
  }

  private Optional<String> addressOf(int devId) {
    return shared.devices().entrySet().stream()
        .filter(device -> device.getValue() == devId)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Closes this process's copy of a device's file, and unbinds the device if it was bound here. */
  public synchronized void release(String address) {
    Integer devId = shared.devices().get(address);
    if (devId != null) {
      unbind(devId);
    } else {
      statedIds.remove(address);
      shared.release(address);
    }
  }

  @Override
  public Map<String, Integer> devices() {
    return shared.devices();
  }

  @Override
  public HostResult<HwInfo> hwInfo(int devId) {
    return shared.hwInfo(devId);
  }

  @Override
  public synchronized HostResult<Integer> allocIoas() {
    return vmmIoas();
  }

  @Override
  public HostResult<Done> map(
      int ioasId, long iova, long length, MapAccess access, RamSource source) {
    return HostResult.done();
  }

  @Override
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    return HostResult.ok(length);
  }

  @Override
  public HostResult<Integer> allocNestingParent(int devId, int ioasId) {
    return made(shared.allocNestingParent(devId, ioasId));
  }

  @Override
  public HostResult<Integer> hardwareQueues(int devId) {
    return shared.hardwareQueues(devId);
  }

  @Override
  public HostResult<Integer> allocViommu(int devId, int s2HwptId, int type) {
    return made(shared.allocViommu(devId, s2HwptId, type));
  }

  @Override
  public HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length) {
    return made(shared.allocHwQueue(viommuId, index, iova, length));
  }

  @Override
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    return made(shared.allocVdevice(viommuId, devId, virtId));
  }

  @Override
  public HostResult<Integer> allocNestedHwpt(
      int devId, int viommuId, int flags, long ste0, long ste1) {
    return made(shared.allocNestedHwpt(devId, viommuId, flags, ste0, ste1));
  }

  /**
   * As {@link #allocNestedHwpt}, under an id that was just freed. The kernel gives out the lowest
   * free id (xa_alloc), so the free ids below the wanted one are occupied meanwhile.
   *
   * @return the id; it differs from the wanted one when another process has taken that
   */
  public synchronized HostResult<Integer> allocNestedHwptAt(
      int id, int devId, int viommuId, long ste0) {
    List<Integer> below = new ArrayList<>();
    HostResult<Integer> made = shared.allocNestedHwpt(devId, viommuId, 0, ste0, 0);
    while (made instanceof HostResult.Ok<Integer>(Integer low)
        && low < id
        && below.size() < VmmOwnedLimits.IDS_BELOW) {
      below.add(low);
      made = shared.allocNestedHwpt(devId, viommuId, 0, ste0, 0);
    }
    below.forEach(shared::destroy);
    return made(made);
  }

  @Override
  public HostResult<Integer> attach(int devId, int ptId) {
    return shared.attach(devId, ptId);
  }

  @Override
  public HostResult<Done> detach(int devId) {
    return detachedByVmm.contains(devId) ? HostResult.done() : shared.detach(devId);
  }

  @Override
  public HostResult<Done> destroy(int objectId) {
    if (!own.contains(objectId) && objects.isMadeByVmm(objectId)) {
      return HostResult.refused(Errno.ENOENT);
    }
    HostResult<Done> destroyed = shared.destroy(objectId);
    if (!destroyed.refusal().equals(Optional.of(Errno.EBUSY))) {
      own.remove(objectId);
    }
    return destroyed;
  }

  @Override
  public InvalidationReport invalidate(int viommuId, InvalidationBatch batch) {
    return shared.invalidate(viommuId, batch);
  }

  @Override
  public HostResult<Integer> allocVeventq(int viommuId, int type, int depth) {
    return made(shared.allocVeventq(viommuId, type, depth));
  }

  @Override
  public HostResult<Boolean> pollVevents(int veventqId, int timeoutMillis) {
    return shared.pollVevents(veventqId, timeoutMillis);
  }

  @Override
  public HostResult<List<Vevent>> readVevents(int veventqId, int max) {
    return shared.readVevents(veventqId, max);
  }

  @Override
  public HostResult<Done> closeVeventq(int veventqId) {
    return shared.closeVeventq(veventqId);
  }

  private HostResult<Integer> made(HostResult<Integer> result) {
    if (result instanceof HostResult.Ok<Integer>(Integer id)) {
      own.add(id);
    }
    return result;
  }

  /** Destroys the objects that were allocated here and returns the devices to the VMM. */
  @Override
  public synchronized void freeObjects() {
    for (int devId : Set.copyOf(shared.devices().values())) {
      if (!waiting.contains(devId)) {
        waiting.add(devId);
      }
    }
    returnDevices();
    waiting.clear();
    own.forEach(shared::closeVeventq);
    // Each round destroys the users of the objects that the next round can destroy.
    Set<Integer> left = new HashSet<>(own);
    while (left.removeIf(id -> !shared.destroy(id).refusal().equals(Optional.of(Errno.EBUSY)))) {
      // The loop ends with a round that destroys nothing.
    }
    own.clear();
    ioas = 0;
    checkedForNesting = false;
  }

  /** As {@link #freeObjects}, and closes this process's copies of the descriptors. */
  @Override
  public synchronized void close() {
    freeObjects();
    Set.copyOf(shared.files()).forEach(shared::release);
    shared.close();
  }
}
