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
 * The nested translation of devices that a VMM owns, on the VMM's own iommufd.
 *
 * <p>What differs from an iommufd of ours:
 *
 * <ul>
 *   <li>{@link #bind} finds the device that the VMM bound, see {@link VmmRefusal} for why it may
 *       not. Nothing is assumed: a device object is named by the kernel ({@link
 *       SharedIommufd#deviceId}), is the only one there is, was told, or was proved ({@link
 *       DeviceProof}).
 *   <li>{@link #allocIoas} gives the VMM's IOAS; {@link #map} and {@link #unmap} do nothing,
 *       because the VMM maps the guest's RAM itself.
 *   <li>{@link #unbind} gives the device back: it is attached to the VMM's IOAS, so that its DMA
 *       goes by the VMM's page table as before, and our copy of its file is closed, so that the VMM
 *       can unplug it. The VMM's iommu groups are given back as one.
 *   <li>{@link #destroy} destroys nothing of the VMM's: ENOENT.
 *   <li>{@link #leave} and {@link #close} destroy what was made here. Closing our copy of the
 *       descriptor would destroy nothing while the VMM has its own.
 * </ul>
 */
public final class VmmContext implements IommuContext {

  private final SharedIommufd shared;
  private final VmmObjects objects;
  private final VmmTerms terms;

  /** What was made here and not destroyed. */
  private final Set<Integer> own = ConcurrentHashMap.newKeySet();

  /** Devices that the VMM detached or attached elsewhere. */
  private final Set<Integer> forsaken = ConcurrentHashMap.newKeySet();

  /** Devices that could not be given back yet, because others of their group are still ours. */
  private final List<Integer> waiting = new ArrayList<>();

  /** Ids of device objects that were told, by PCI address. */
  private final Map<String, Integer> told = new ConcurrentHashMap<>();

  private final Map<String, VmmRefusal> refusals = new ConcurrentHashMap<>();
  private int ioas;
  private boolean looked;

  /** Nothing is asked or made before it is needed. */
  public VmmContext(SharedIommufd shared, VmmTerms terms) {
    this.shared = shared;
    this.objects = new VmmObjects(shared);
    this.terms = terms;
    this.told.putAll(terms.devIds());
  }

  /** Adds ids of device objects, by PCI address, of devices whose files were added later. */
  public void tell(Map<String, Integer> devIds) {
    told.putAll(devIds);
  }

  @Override
  public boolean ownedByVmm() {
    return true;
  }

  /** Devices whose files came with the iommufd and were not given back yet. */
  public Set<String> files() {
    return shared.files();
  }

  /** Why the device could not be taken at the last try. */
  public Optional<VmmRefusal> refusal(String address) {
    return Optional.ofNullable(refusals.get(address));
  }

  /**
   * The VMM detached the device, or attached it elsewhere: it is neither detached nor given back
   * from here on, only our copy of its file is closed.
   */
  public void forsake(int devId) {
    forsaken.add(devId);
  }

  /** Whether a device object that was found is there still: the VMM did not let it go. */
  public boolean isThere(int devId) {
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
        devId -> shared.assume(deviceAddress, devId).then(done -> HostResult.ok(devId)));
  }

  /**
   * What an earlier process of ours found and the log knows: taken if it can be so.
   *
   * @return the refusal of {@link #bind} when the id names no device
   */
  public synchronized HostResult<Integer> bindAgain(String address, int devId) {
    if (!shared.files().contains(address)) {
      return refused(address, VmmRefusal.NO_FILE);
    }
    looked = true;
    return shared.isBound(address) && objects.isDevice(devId)
        ? shared.assume(address, devId).then(done -> HostResult.ok(devId))
        : refused(address, VmmRefusal.WRONG_ID);
  }

  /**
   * Whether the iommufd has these objects of an earlier process, as far as asking tells.
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
    if (nestsItself()) {
      return refused(address, VmmRefusal.VMM_NESTS);
    }
    List<Integer> candidates = candidates();
    if (candidates.isEmpty()) {
      return refused(address, VmmRefusal.OTHER_IOMMUFD);
    }
    return vmmsIoas().then(there -> told(address, candidates, there));
  }

  private HostResult<Integer> refused(String address, VmmRefusal why) {
    refusals.put(address, why);
    return HostResult.refused(why.errno());
  }

  /** Device objects that no file of ours is known to be bound to. */
  private List<Integer> candidates() {
    List<Integer> candidates = new ArrayList<>(objects.devices());
    candidates.removeAll(shared.devices().values());
    return candidates;
  }

  /** Looked at once, before anything is made here. */
  private boolean nestsItself() {
    if (!looked && objects.firstViommu().isPresent()) {
      return true;
    }
    looked = true;
    return false;
  }

  private HostResult<Integer> told(String address, List<Integer> candidates, int there) {
    Integer devId = told.get(address);
    OptionalInt named = shared.deviceId(address);
    if (named.isPresent()) {
      return named(address, candidates, there, named.getAsInt());
    }
    if (devId == null) {
      return proved(address, candidates, there);
    }
    if (!candidates.contains(devId)) {
      return refused(address, VmmRefusal.WRONG_ID);
    }
    boolean provable = candidates.size() > 1 && provable(address);
    DeviceProof proof = new DeviceProof(shared, there);
    boolean holds = isMember(address, proof, devId) && (!provable || proof.is(address, devId));
    own.addAll(proof.end());
    return holds ? HostResult.ok(devId) : refused(address, VmmRefusal.WRONG_ID);
  }

  /** The kernel names the id, but not of which iommufd. */
  private HostResult<Integer> named(
      String address, List<Integer> candidates, int there, int named) {
    if (told.getOrDefault(address, named) != named) {
      return refused(address, VmmRefusal.WRONG_ID);
    }
    return proved(address, candidates.stream().filter(id -> id == named).toList(), there);
  }

  private HostResult<Integer> proved(String address, List<Integer> candidates, int there) {
    DeviceProof proof = new DeviceProof(shared, there);
    List<Integer> possible =
        candidates.stream().filter(candidate -> isMember(address, proof, candidate)).toList();
    List<Integer> left =
        possible.size() > 1 && provable(address)
            ? possible.stream().filter(candidate -> isProved(address, there, candidate)).toList()
            : possible;
    own.addAll(proof.end());
    return switch (left.size()) {
      case 0 -> refused(address, VmmRefusal.OTHER_IOMMUFD);
      case 1 -> HostResult.ok(left.getFirst());
      default -> refused(address, VmmRefusal.AMBIGUOUS_DEVICE);
    };
  }

  /** Each candidate has a stage 2 of its own meanwhile, so one proof ends before the next. */
  private boolean isProved(String address, int there, int candidate) {
    DeviceProof proof = new DeviceProof(shared, there);
    boolean proved = proof.is(address, candidate);
    own.addAll(proof.end());
    return proved;
  }

  /** A group belongs to one iommufd (drivers/iommu/iommu.c, iommu_device_claim_dma_owner). */
  private boolean isMember(String address, DeviceProof proof, int candidate) {
    return hasMate(address) || proof.isHere(address, candidate);
  }

  private boolean hasMate(String address) {
    return shared.devices().keySet().stream()
        .anyMatch(other -> shared.group(other) == shared.group(address));
  }

  private boolean provable(String address) {
    long members =
        shared.files().stream()
            .filter(other -> shared.group(other) == shared.group(address))
            .count();
    return members == 1 && !shared.mayDma(address);
  }

  private HostResult<Integer> vmmsIoas() {
    if (ioas != 0 && objects.isIoas(ioas)) {
      return HostResult.ok(ioas);
    }
    if (terms.ioas().isPresent()) {
      ioas = terms.ioas().getAsInt();
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
    giveBack();
    return HostResult.done();
  }

  /** Until nothing more can be given back; what is, is no more of our business. */
  private void giveBack() {
    boolean again = true;
    while (again) {
      again = waiting.removeIf(this::isGivenBack);
    }
  }

  private boolean isGivenBack(int devId) {
    boolean wanted =
        !forsaken.remove(devId) && terms.vmmLives().getAsBoolean() && objects.isDevice(devId);
    if (wanted && vmmsIoas() instanceof HostResult.Ok<Integer>(Integer there)) {
      // EINVAL: another device of its group sits elsewhere, and will be given back too.
      if (shared.attach(devId, there).refusal().equals(Optional.of(Errno.EINVAL))
          && matesAreHere(devId)) {
        return false;
      }
    }
    // The file that is plugged in again is bound to another object.
    addressOf(devId).ifPresent(told::remove);
    shared.unbind(devId);
    return true;
  }

  private boolean matesAreHere(int devId) {
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

  /** Closes our copy of the file of a device that was not bound here. */
  public synchronized void release(String address) {
    Integer devId = shared.devices().get(address);
    if (devId != null) {
      unbind(devId);
    } else {
      told.remove(address);
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
    return vmmsIoas();
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
   * As {@link #allocNestedHwpt}, under an id that was just given up. The kernel gives the lowest
   * free id (xa_alloc), so those below are taken meanwhile.
   *
   * @return the id; another one than the wanted when somebody else has taken that
   */
  public synchronized HostResult<Integer> allocNestedHwptAt(
      int id, int devId, int viommuId, long ste0) {
    List<Integer> below = new ArrayList<>();
    HostResult<Integer> made = shared.allocNestedHwpt(devId, viommuId, 0, ste0, 0);
    while (made instanceof HostResult.Ok<Integer>(Integer low)
        && low < id
        && below.size() < VmmLimits.IDS_BELOW) {
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
    return forsaken.contains(devId) ? HostResult.done() : shared.detach(devId);
  }

  @Override
  public HostResult<Done> destroy(int objectId) {
    if (!own.contains(objectId) && objects.isVmms(objectId)) {
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

  /** Destroys what was made here and gives the devices back. */
  @Override
  public synchronized void leave() {
    for (int devId : Set.copyOf(shared.devices().values())) {
      if (!waiting.contains(devId)) {
        waiting.add(devId);
      }
    }
    giveBack();
    waiting.clear();
    own.forEach(shared::closeVeventq);
    // Each round destroys what used the objects of the next one.
    Set<Integer> left = new HashSet<>(own);
    while (left.removeIf(id -> !shared.destroy(id).refusal().equals(Optional.of(Errno.EBUSY)))) {
      // Until a round destroys nothing.
    }
    own.clear();
    ioas = 0;
    looked = false;
  }

  /** As {@link #leave}, and closes our copies of the descriptors. */
  @Override
  public synchronized void close() {
    leave();
    Set.copyOf(shared.files()).forEach(shared::release);
    shared.close();
  }
}
