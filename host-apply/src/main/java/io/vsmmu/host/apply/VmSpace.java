package io.vsmmu.host.apply;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.posix.Errno;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that the vSMMUs of one VM share on a host: the iommufd, one guest address space
 * (IOAS) that maps the guest's RAM, and one stage 2 (nesting parent) for each physical SMMU.
 * Thread-safe: the object's lock is held during the requests to the host.
 *
 * <p>The iommufd is opened with the first vSMMU that needs it and closed when the last one has left
 * it. RAM that is shared before the IOAS exists is mapped when the IOAS is allocated.
 */
public final class VmSpace {

  /** Most ranges of RAM of one VM; a further one is refused with ENOSPC. */
  public static final int REGIONS = 4096;

  /**
   * Number of ids above the highest known one that are examined for objects of which there is no
   * record.
   */
  private static final int UNKNOWN_IDS = 64;

  /** Rounds of a sweep, one for each level of use: nested HWPT, vIOMMU, nesting parent, IOAS. */
  private static final int SWEEPS = 4;

  private final HostIommu host;
  private final Optional<String> owner;
  private final Map<String, String> substitutes;
  private final Set<VsmmuHost> members = new HashSet<>();
  private final Map<String, Parent> parents = new HashMap<>();
  private final SequencedMap<Long, RamRange> regions = new LinkedHashMap<>();
  private @Nullable IommuContext context;
  private int ioas;
  private boolean resumed;

  /** The VMM's iommufd while the VMM owns the devices; null otherwise. */
  private @Nullable IommuContext vmmIommufd;

  /** Whether {@link #vmmIommufd} has objects of an earlier process. */
  private boolean vmmIommufdResumed;

  /**
   * Whether the VMM that owned the devices has ended, so that no iommufd must be opened for them.
   */
  private boolean vmmEnded;

  /**
   * Whether an earlier process allocated the IOAS, which may map RAM that was shared with that
   * process.
   */
  private boolean adopted;

  /** A nesting parent with the vSMMUs that use it. */
  private record Parent(int id, Set<VsmmuHost> users) {}

  /**
   * A range of guest RAM.
   *
   * @param iova guest-physical address, unsigned
   * @param length bytes
   * @param sources for each owner that shares the range, its sources in order of preference; that
   *     of the first owner is mapped
   */
  private record RamRange(
      long iova, long length, MapAccess access, SequencedMap<Object, List<RamSource>> sources) {

    boolean is(long otherIova, long otherLength, MapAccess otherAccess) {
      return iova == otherIova && length == otherLength && access == otherAccess;
    }
  }

  /** A VM whose descriptors a later process cannot take over. */
  public VmSpace(HostIommu host) {
    this(host, Optional.empty(), Map.of());
  }

  /**
   * A VM whose descriptors an earlier process may have left, and a later process can take over.
   *
   * @param owner see {@link HostIommu#open(String)}
   */
  public VmSpace(HostIommu host, String owner) {
    this(host, Optional.of(owner), Map.of());
  }

  /**
   * A VM in which other devices take the place of those that its log names.
   *
   * @param substitutes PCI addresses of the devices to use, by the address in the log
   */
  public VmSpace(HostIommu host, Map<String, String> substitutes) {
    this(host, Optional.empty(), substitutes);
  }

  private VmSpace(HostIommu host, Optional<String> owner, Map<String, String> substitutes) {
    this.host = host;
    this.owner = owner;
    this.substitutes = Map.copyOf(substitutes);
  }

  /** Binds the device that the log names by this address, or its substitute. */
  HostResult<Integer> bind(IommuContext open, String address) {
    return open.bind(substitutes.getOrDefault(address, address));
  }

  /**
   * The iommufd, which is opened if it is not open. The member must {@link #leave} or {@link
   * #abandon} it in the end.
   */
  synchronized HostResult<IommuContext> enter(VsmmuHost member) {
    if (context == null) {
      Optional<IommuContext> kept =
          vmmIommufd == null ? owner.flatMap(host::resume) : Optional.of(vmmIommufd);
      resumed = vmmIommufd == null ? kept.isPresent() : vmmIommufdResumed;
      vmmIommufdResumed = false;
      HostResult<IommuContext> opened = kept.map(HostResult::ok).orElseGet(this::open);
      if (!(opened instanceof HostResult.Ok<IommuContext>(IommuContext open))) {
        return opened;
      }
      context = open;
    }
    members.add(member);
    return HostResult.ok(context);
  }

  private HostResult<IommuContext> open() {
    return owner.map(host::open).orElseGet(host::open);
  }

  /**
   * Makes the vSMMUs use the iommufd of their VMM, which owns the devices, until the last of them
   * has left it or it is {@link #releaseVmmIommufd released}.
   *
   * @param vmms see {@link IommuContext#ownedByVmm}; the caller closes it
   * @param found whether it has objects that an earlier process of the service allocated and the
   *     logs record
   * @return false when the VM uses another iommufd
   */
  public synchronized boolean useVmmIommufd(IommuContext vmms, boolean found) {
    if (context != null || vmmIommufd != null) {
      return false;
    }
    vmmIommufd = vmms;
    vmmIommufdResumed = found;
    vmmEnded = false;
    return true;
  }

  /**
   * Notes after a restart that the logs name devices of a VMM that has ended. No iommufd is opened
   * for them until they have been detached.
   */
  public synchronized void setVmmEnded(boolean gone) {
    vmmEnded = gone;
  }

  /** Whether the VMM has ended, as {@link #setVmmEnded} noted. */
  public synchronized boolean hasVmmEnded() {
    return vmmEnded;
  }

  /**
   * Ends the use of the VMM's iommufd. While vSMMUs use it, this does nothing, and the last one
   * that leaves ends it.
   */
  public synchronized void releaseVmmIommufd() {
    if (vmmIommufd != null && context == null) {
      vmmIommufd.freeObjects();
      vmmIommufd = null;
    }
  }

  /** Whether the VM's devices are on an iommufd of its VMM. */
  public synchronized boolean ownedByVmm() {
    return context == null ? vmmIommufd != null : context.ownedByVmm();
  }

  /**
   * Whether an earlier process opened the iommufd, so that the objects of that process still exist.
   */
  synchronized boolean resumed() {
    return context != null && resumed;
  }

  /** Takes over the IOAS that an earlier process allocated. */
  synchronized void adoptIoas(int id) {
    ioas = id;
    adopted = true;
  }

  /** Takes over a nesting parent that an earlier process allocated. */
  synchronized void adoptParent(VsmmuHost member, String physicalSmmu, int id) {
    parents
        .computeIfAbsent(physicalSmmu, smmu -> new Parent(id, new HashSet<>()))
        .users()
        .add(member);
  }

  /**
   * Destroys the objects of an earlier process that no log records. To be called when every vSMMU
   * of the VM has been rebuilt.
   */
  public synchronized void sweep() {
    IommuContext open = context;
    if (open == null || !resumed) {
      return;
    }
    Set<Integer> known = new HashSet<>(Set.of(ioas));
    parents.values().forEach(parent -> known.add(parent.id()));
    members.forEach(member -> known.addAll(member.kernelIds()));
    open.devices().values().stream().filter(id -> !known.contains(id)).forEach(open::unbind);
    int last = known.stream().max(Integer::compare).orElse(0) + UNKNOWN_IDS;
    // An object must be destroyed before the objects that it uses. Ids do not show which those are,
    // so every round destroys one level.
    for (int round = 0; round < SWEEPS; round++) {
      for (int id = last; id > 0; id--) {
        if (!known.contains(id)) {
          open.closeVeventq(id);
          open.destroy(id);
        }
      }
    }
    resumed = false;
  }

  /** Whether another vSMMU uses the iommufd. */
  synchronized boolean shared(VsmmuHost member) {
    return context != null && members.stream().anyMatch(other -> other != member);
  }

  /**
   * Ends a member's use of the iommufd. When the last member leaves, the iommufd is closed, and the
   * kernel frees the remaining objects.
   */
  synchronized void leave(VsmmuHost member) {
    if (!members.remove(member) || context == null) {
      return;
    }
    if (members.isEmpty()) {
      context.freeObjects();
      reset();
    } else {
      releaseParents(member, context);
    }
  }

  /**
   * Ends a member's use of the iommufd at the end of this process; the descriptors stay open for
   * the next one.
   */
  synchronized void abandon(VsmmuHost member) {
    if (members.remove(member) && members.isEmpty()) {
      reset();
    }
  }

  private void reset() {
    context = null;
    vmmIommufd = null;
    ioas = 0;
    resumed = false;
    adopted = false;
    parents.clear();
  }

  /**
   * Destroys the shared objects after the last member's own, then searches for objects that still
   * exist.
   *
   * @param highest the highest kernel id that this VM had
   * @return number of objects that were not destroyed before the search
   */
  synchronized int dismantle(int highest) {
    IommuContext open = context;
    if (open == null) {
      return 0;
    }
    parents.values().forEach(parent -> open.destroy(parent.id()));
    open.destroy(ioas);
    int left = 0;
    // The kernel gives out the lowest free id, so an unrecorded object has an id close to the
    // highest known one.
    for (int id = 1; id <= highest + UNKNOWN_IDS; id++) {
      left += open.destroy(id).refusal().equals(Optional.of(Errno.ENOENT)) ? 0 : 1;
    }
    return left;
  }

  private void releaseParents(VsmmuHost member, IommuContext open) {
    parents
        .values()
        .removeIf(
            parent ->
                parent.users().remove(member)
                    && parent.users().isEmpty()
                    && open.destroy(parent.id()).isOk());
  }

  /**
   * The VM's IOAS, which is allocated if it does not exist, with all shared RAM mapped.
   *
   * @return the IOAS's id, or the refusal of the IOAS or of a mapping; after a refusal no IOAS
   *     exists
   */
  synchronized HostResult<Integer> ioas() {
    IommuContext open = context;
    if (open == null) {
      return HostResult.refused(Errno.EBADF);
    }
    return ioas != 0 ? HostResult.ok(ioas) : open.allocIoas().then(made -> withRam(open, made));
  }

  private HostResult<Integer> withRam(IommuContext open, int made) {
    for (RamRange region : regions.values()) {
      HostResult<Done> mapped = mapInto(open, made, region);
      if (mapped instanceof HostResult.Refused<Done>(Errno errno)) {
        open.destroy(made);
        return HostResult.refused(errno);
      }
    }
    ioas = made;
    return HostResult.ok(made);
  }

  private HostResult<Done> mapInto(IommuContext open, int ioas, RamRange region) {
    HostResult<Done> mapped = HostResult.refused(Errno.EINVAL);
    for (RamSource source : region.sources().firstEntry().getValue()) {
      mapped = map(open, ioas, region, source);
      if (mapped.isOk()) {
        break;
      }
    }
    return mapped;
  }

  private HostResult<Done> map(IommuContext open, int ioas, RamRange region, RamSource source) {
    HostResult<Done> mapped =
        open.map(ioas, region.iova(), region.length(), region.access(), source);
    boolean earlier = mapped.refusal().equals(Optional.of(Errno.EEXIST)) && adopted;
    // EEXIST: the range is mapped for the earlier process. The VMM may have other memory there now,
    // so it is mapped anew.
    return earlier && open.unmap(ioas, region.iova(), region.length()).isOk()
        ? open.map(ioas, region.iova(), region.length(), region.access(), source)
        : mapped;
  }

  /**
   * The VM's nesting parent on a physical SMMU, which is allocated if it does not exist.
   *
   * @param devId a bound device behind that SMMU
   */
  synchronized HostResult<Integer> nestingParent(
      VsmmuHost member, String physicalSmmu, int devId, int ioasId) {
    Parent there = parents.get(physicalSmmu);
    IommuContext open = context;
    if (there != null) {
      there.users().add(member);
      return HostResult.ok(there.id());
    }
    if (open == null) {
      return HostResult.refused(Errno.EBADF);
    }
    HostResult<Integer> made = open.allocNestingParent(devId, ioasId);
    if (made instanceof HostResult.Ok<Integer>(Integer id)) {
      parents.put(physicalSmmu, new Parent(id, new HashSet<>(Set.of(member))));
    }
    return made;
  }

  /**
   * Shares a range of guest RAM with the devices. Each vSMMU of the VM may share the same range,
   * which is mapped once.
   *
   * @param owner identifies the caller for {@link #unshare}
   * @param iova guest-physical address, unsigned
   * @param length bytes
   * @param ways sources of its memory in order of preference; when the host refuses one, the next
   *     is tried
   * @return empty on success; EEXIST when it overlaps another range, ENOSPC when there are {@link
   *     #REGIONS} ranges, otherwise the kernel's error
   */
  public synchronized Optional<Errno> share(
      Object owner, long iova, long length, MapAccess access, List<RamSource> ways) {
    RamRange known = regions.get(iova);
    if (known != null && known.is(iova, length, access)) {
      known.sources().putLast(owner, ways);
      return Optional.empty();
    }
    if (known != null || overlaps(iova, length)) {
      return Optional.of(Errno.EEXIST);
    }
    if (regions.size() >= REGIONS) {
      return Optional.of(Errno.ENOSPC);
    }
    RamRange region = new RamRange(iova, length, access, new LinkedHashMap<>(Map.of(owner, ways)));
    if (context != null && ioas != 0) {
      Optional<Errno> refused = mapInto(context, ioas, region).refusal();
      if (refused.isPresent()) {
        return refused;
      }
    }
    regions.put(iova, region);
    return Optional.empty();
  }

  private boolean overlaps(long iova, long length) {
    long last = iova + length - 1;
    return regions.values().stream()
        .anyMatch(
            other ->
                Long.compareUnsigned(other.iova(), last) <= 0
                    && Long.compareUnsigned(iova, other.iova() + other.length() - 1) <= 0);
  }

  /**
   * Ends the owner's sharing of a range. While another vSMMU of the VM shares the range, it stays
   * mapped, from that one's source.
   *
   * @return empty on success; the kernel's error when the range stays mapped
   */
  public synchronized Optional<Errno> unshare(Object owner, long iova) {
    RamRange region = regions.get(iova);
    if (region == null || !region.sources().containsKey(owner)) {
      return Optional.empty();
    }
    boolean mapped = region.sources().firstEntry().getKey().equals(owner);
    region.sources().remove(owner);
    if (region.sources().isEmpty()) {
      regions.remove(iova);
    }
    if (!mapped || context == null || ioas == 0) {
      return Optional.empty();
    }
    return remapped(context, region);
  }

  /**
   * Unmaps the range and maps it from another owner's source, because the memory of the owner that
   * left may be unmapped in this process.
   */
  private Optional<Errno> remapped(IommuContext open, RamRange region) {
    Optional<Errno> refused = open.unmap(ioas, region.iova(), region.length()).refusal();
    if (refused.isPresent() || region.sources().isEmpty()) {
      return refused;
    }
    return mapInto(open, ioas, region).refusal();
  }
}
