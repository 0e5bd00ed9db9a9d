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
 * What the vSMMUs of one VM share on a host: the iommufd, one guest address space (IOAS) with the
 * guest's RAM in it, and one stage 2 (nesting parent) for each physical SMMU. Thread-safe.
 *
 * <p>The iommufd is opened with the first vSMMU that needs it and closed with the last one that
 * leaves. RAM that was shared before there is an IOAS is mapped when the IOAS is made.
 */
public final class VmSpace {

  /** Most regions of RAM of one VM. */
  public static final int REGIONS = 4096;

  /** How many ids behind the highest known one are looked at for objects that nobody knows of. */
  private static final int UNKNOWN_IDS = 64;

  /** Nested HWPT, vIOMMU, stage 2, IOAS: so deep is what hangs on what. */
  private static final int SWEEPS = 4;

  private final HostIommu host;
  private final Optional<String> owner;
  private final Map<String, String> substitutes;
  private final Set<VsmmuHost> members = new HashSet<>();
  private final Map<String, Parent> parents = new HashMap<>();
  private final SequencedMap<Long, Region> regions = new LinkedHashMap<>();
  private @Nullable IommuContext context;
  private int ioas;
  private boolean resumed;

  /** The VMM's iommufd, as long as the VMM owns the devices. */
  private @Nullable IommuContext lent;

  /** Whether an earlier process has objects on it. */
  private boolean lentResumed;

  /** Whether the VMM that owns the devices is gone, so that there is no iommufd for them. */
  private boolean vmmless;

  /** Whether the IOAS is an earlier process's, and may hold RAM that nobody here shared. */
  private boolean adopted;

  /** A stage 2 and who uses it. */
  private record Parent(int id, Set<VsmmuHost> users) {}

  /**
   * A piece of guest RAM.
   *
   * @param iova guest-physical address, unsigned
   * @param length bytes
   * @param sources where each of those who share it has it, the best way first; what the first one
   *     has is mapped
   */
  private record Region(
      long iova, long length, MapAccess access, SequencedMap<Object, List<RamSource>> sources) {

    boolean is(long otherIova, long otherLength, MapAccess otherAccess) {
      return iova == otherIova && length == otherLength && access == otherAccess;
    }
  }

  /** A VM that has nothing on the host yet, and whose descriptors nobody can find again. */
  public VmSpace(HostIommu host) {
    this(host, Optional.empty(), Map.of());
  }

  /**
   * A VM whose descriptors an earlier process may have left.
   *
   * @param owner see {@link HostIommu#open(String)}
   */
  public VmSpace(HostIommu host, String owner) {
    this(host, Optional.of(owner), Map.of());
  }

  /**
   * A VM that has nothing on the host yet, and other devices than its log names.
   *
   * @param substitutes PCI addresses of the log, each with that of the device that takes its part
   */
  public VmSpace(HostIommu host, Map<String, String> substitutes) {
    this(host, Optional.empty(), substitutes);
  }

  private VmSpace(HostIommu host, Optional<String> owner, Map<String, String> substitutes) {
    this.host = host;
    this.owner = owner;
    this.substitutes = Map.copyOf(substitutes);
  }

  /** Binds the device that the log knows by this address. */
  HostResult<Integer> bind(IommuContext open, String address) {
    return open.bind(substitutes.getOrDefault(address, address));
  }

  /** The iommufd, opened if need be; the caller has to {@link #leave} one day. */
  synchronized HostResult<IommuContext> enter(VsmmuHost member) {
    if (context == null) {
      Optional<IommuContext> kept = lent == null ? owner.flatMap(host::resume) : Optional.of(lent);
      resumed = lent == null ? kept.isPresent() : lentResumed;
      lentResumed = false;
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
   * The VM's VMM owns the devices: what vSMMUs need is made on its iommufd from here on, until the
   * last of them has left it or it is {@link #takeBack taken back}.
   *
   * @param vmms see {@link IommuContext#ownedByVmm}; it is left here, and stays the caller's to
   *     close
   * @param found whether it has objects that an earlier process of ours made and the logs know
   * @return whether it was taken; not while the VM has another one in use
   */
  public synchronized boolean lend(IommuContext vmms, boolean found) {
    if (context != null || lent != null) {
      return false;
    }
    lent = vmms;
    lentResumed = found;
    vmmless = false;
    return true;
  }

  /**
   * After a restart: the devices that the logs name are a VMM's, and it ended meanwhile. Nothing is
   * opened for them until they were detached.
   */
  public synchronized void withoutVmm(boolean gone) {
    vmmless = gone;
  }

  /** Whether nothing is opened, as {@link #withoutVmm} said. */
  public synchronized boolean isWithoutVmm() {
    return vmmless;
  }

  /** The VMM's iommufd is not wanted any more; one that is in use is closed by the last user. */
  public synchronized void takeBack() {
    if (lent != null && context == null) {
      lent.leave();
      lent = null;
    }
  }

  /** Whether the VM's devices are on an iommufd of its VMM. */
  public synchronized boolean ownedByVmm() {
    return context == null ? lent != null : context.ownedByVmm();
  }

  /** Whether an earlier process opened the iommufd, so that its objects are there still. */
  synchronized boolean resumed() {
    return context != null && resumed;
  }

  /** The address space that an earlier process made. */
  synchronized void adoptIoas(int id) {
    ioas = id;
    adopted = true;
  }

  /** The stage 2 that an earlier process made. */
  synchronized void adoptParent(VsmmuHost member, String physicalSmmu, int id) {
    parents
        .computeIfAbsent(physicalSmmu, smmu -> new Parent(id, new HashSet<>()))
        .users()
        .add(member);
  }

  /**
   * Ends what an earlier process had begun and the log does not know of; for when every vSMMU of
   * the VM is back.
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
    // Users before what they use: ids do not tell which is which, so every round frees some.
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

  /** Whether somebody else still uses the iommufd, so that what a member has must be taken down. */
  synchronized boolean shared(VsmmuHost member) {
    return context != null && members.stream().anyMatch(other -> other != member);
  }

  /** With the last member the iommufd is closed, and the kernel frees what is left. */
  synchronized void leave(VsmmuHost member) {
    if (!members.remove(member) || context == null) {
      return;
    }
    if (members.isEmpty()) {
      context.leave();
      forget();
    } else {
      leaveParents(member, context);
    }
  }

  /** This process ends: the descriptors stay open for the next one. */
  synchronized void abandon(VsmmuHost member) {
    if (members.remove(member) && members.isEmpty()) {
      forget();
    }
  }

  private void forget() {
    context = null;
    lent = null;
    ioas = 0;
    resumed = false;
    adopted = false;
    parents.clear();
  }

  /**
   * Takes down what the last member left, then looks what is there still.
   *
   * @param highest the highest kernel id that this VM had
   * @return objects that nobody destroyed
   */
  synchronized int dismantle(int highest) {
    IommuContext open = context;
    if (open == null) {
      return 0;
    }
    parents.values().forEach(parent -> open.destroy(parent.id()));
    open.destroy(ioas);
    int left = 0;
    // The kernel gives the lowest free id, so one that nobody knows of is not far behind.
    for (int id = 1; id <= highest + UNKNOWN_IDS; id++) {
      left += open.destroy(id).refusal().equals(Optional.of(Errno.ENOENT)) ? 0 : 1;
    }
    return left;
  }

  private void leaveParents(VsmmuHost member, IommuContext open) {
    parents
        .values()
        .removeIf(
            parent ->
                parent.users().remove(member)
                    && parent.users().isEmpty()
                    && open.destroy(parent.id()).isOk());
  }

  /**
   * The VM's address space, made if need be, with all RAM that is shared.
   *
   * @return the IOAS's id; a refusal of the IOAS or of a mapping, after which there is none
   */
  synchronized HostResult<Integer> ioas() {
    IommuContext open = context;
    if (open == null) {
      return HostResult.refused(Errno.EBADF);
    }
    return ioas != 0 ? HostResult.ok(ioas) : open.allocIoas().then(made -> filled(open, made));
  }

  private HostResult<Integer> filled(IommuContext open, int made) {
    for (Region region : regions.values()) {
      HostResult<Done> mapped = mapInto(open, made, region);
      if (mapped instanceof HostResult.Refused<Done>(Errno errno)) {
        open.destroy(made);
        return HostResult.refused(errno);
      }
    }
    ioas = made;
    return HostResult.ok(made);
  }

  private HostResult<Done> mapInto(IommuContext open, int ioas, Region region) {
    HostResult<Done> mapped = HostResult.refused(Errno.EINVAL);
    for (RamSource source : region.sources().firstEntry().getValue()) {
      mapped = map(open, ioas, region, source);
      if (mapped.isOk()) {
        break;
      }
    }
    return mapped;
  }

  private HostResult<Done> map(IommuContext open, int ioas, Region region, RamSource source) {
    HostResult<Done> mapped =
        open.map(ioas, region.iova(), region.length(), region.access(), source);
    boolean earlier = mapped.refusal().equals(Optional.of(Errno.EEXIST)) && adopted;
    // What a VMM shared with the process before us; it may have other memory there now.
    return earlier && open.unmap(ioas, region.iova(), region.length()).isOk()
        ? open.map(ioas, region.iova(), region.length(), region.access(), source)
        : mapped;
  }

  /**
   * The VM's stage 2 on a physical SMMU, made if need be.
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
   * A VMM shares a piece of guest RAM: devices reach it from here on. Each of the VM's vSMMUs may
   * share the same piece; it is mapped once.
   *
   * @param owner who shares it, and will take it back
   * @param iova guest-physical address, unsigned
   * @param length bytes
   * @param ways where its bytes are; the next is tried when the host refuses one
   * @return the errno when devices cannot reach it: EEXIST for an overlap with another piece,
   *     ENOSPC beyond {@link #REGIONS}, what the kernel says otherwise
   */
  public synchronized Optional<Errno> share(
      Object owner, long iova, long length, MapAccess access, List<RamSource> ways) {
    Region known = regions.get(iova);
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
    Region region = new Region(iova, length, access, new LinkedHashMap<>(Map.of(owner, ways)));
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
   * The owner takes a piece back. It stays mapped while another vSMMU of the VM shares it, from
   * that one's source.
   *
   * @return the errno when the kernel keeps it mapped
   */
  public synchronized Optional<Errno> unshare(Object owner, long iova) {
    Region region = regions.get(iova);
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
    return moved(context, region);
  }

  /** The pinned pages are the same whoever shares them, but the owner's mapping may go now. */
  private Optional<Errno> moved(IommuContext open, Region region) {
    Optional<Errno> refused = open.unmap(ioas, region.iova(), region.length()).refusal();
    if (refused.isPresent() || region.sources().isEmpty()) {
      return refused;
    }
    return mapInto(open, ioas, region).refusal();
  }
}
