package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attributes the host calls that the VMM issued outside any guest access. A call names a vIOMMU, or
 * a device that has one. Which vSMMU that vIOMMU serves is known from the first guest access that
 * names it too, so calls wait for that. In a recording of one vSMMU all calls belong to it; if
 * there are several, a call that names no vIOMMU, such as one that maps guest memory, is the VM's.
 */
final class HostCallAttribution {

  /** Receives the calls that are attributed to no vSMMU. */
  interface Unowned {
    /** The call concerns the VM as a whole. */
    void ofTheVm(TraceItem.Host item);

    /** The call concerns a vSMMU, but which one is unknown. */
    void unattributed(TraceItem.Host item);
  }

  private final List<TracedSmmu> smmus;
  private final IommufdObjects objects;
  private final AttributionSearch search;
  private final ImportStatistics statistics;
  private final Unowned unowned;
  private List<TraceItem.Host> waiting = new ArrayList<>();

  HostCallAttribution(
      List<TracedSmmu> smmus,
      IommufdObjects objects,
      AttributionSearch search,
      ImportStatistics statistics,
      Unowned unowned) {
    this.smmus = smmus;
    this.objects = objects;
    this.search = search;
    this.statistics = statistics;
    this.unowned = unowned;
  }

  void attribute(TraceItem.Host item) {
    TracedSmmu owner = waiting.isEmpty() ? ownerOf(item) : null;
    if (owner != null) {
      deliver(owner, item);
    } else if (waiting.size() < TraceLimits.HELD_HOST_CALLS) {
      waiting.add(item);
      if (!smmus.isEmpty()) {
        retryWaiting(false);
      }
    } else {
      unowned.unattributed(item);
    }
  }

  /** Whether calls wait until the vSMMU of their vIOMMU is known. */
  boolean waitsForOwners() {
    return waiting.stream().anyMatch(item -> viommuOf(item) != null);
  }

  /**
   * Attributes the waiting calls whose vSMMU is known by now.
   *
   * @param last whether the recording is over, so that no call can wait any longer
   */
  void retryWaiting(boolean last) {
    List<TraceItem.Host> before = waiting;
    waiting = new ArrayList<>();
    for (TraceItem.Host item : before) {
      TracedSmmu owner = ownerOf(item);
      if (owner != null) {
        deliver(owner, item);
      } else if (viommuOf(item) == null && !search.alone() && (last || item.call().ofTheVm())) {
        unowned.ofTheVm(item);
      } else if (last) {
        unowned.unattributed(item);
      } else {
        waiting.add(item);
      }
    }
  }

  private IommufdObjects.@Nullable Viommu viommuOf(TraceItem.Host item) {
    return item.viommu() != null ? item.viommu() : objects.viommuOf(item.call());
  }

  private @Nullable TracedSmmu ownerOf(TraceItem.Host item) {
    IommufdObjects.Viommu viommu = viommuOf(item);
    if (viommu != null && viommu.owner() >= 0) {
      return smmus.get(viommu.owner());
    }
    return search.alone() && objects.viommus().size() <= 1 && smmus.size() == 1
        ? smmus.getFirst()
        : null;
  }

  private void deliver(TracedSmmu smmu, TraceItem.Host item) {
    statistics.attributed(item.lines());
    smmu.output().call(item.recorded(), item.time());
    TraceLine.HostCall call = item.call();
    if (call.kind() == TraceLine.HostCallKind.ALLOC_VDEVICE && call.result() == 0) {
      smmu.attach(call, objects.address(call.iommufd(), call.deviceId()));
    }
  }
}
