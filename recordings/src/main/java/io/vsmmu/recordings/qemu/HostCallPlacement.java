package io.vsmmu.recordings.qemu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose the host calls are that the VMM issued outside any guest access. The ids of a call name a
 * vIOMMU, or a device that has one; whose that is shows with the first access that names it too, so
 * calls wait for it. In a recording of one vSMMU all calls are its own; of several, a call that
 * names no vIOMMU is the VM's, as one of the VM's memory is.
 */
final class HostCallPlacement {

  /** What becomes of calls that are no vSMMU's. */
  interface Rest {
    /** The call is the VM's as a whole. */
    void ofTheVm(TraceItem.Host item);

    /** Nothing tells whose it is. */
    void unattributed(TraceItem.Host item);
  }

  private final List<SmmuTrack> tracks;
  private final KernelObjects objects;
  private final AttributionSearch search;
  private final Tally tally;
  private final Rest rest;
  private List<TraceItem.Host> waiting = new ArrayList<>();

  HostCallPlacement(
      List<SmmuTrack> tracks,
      KernelObjects objects,
      AttributionSearch search,
      Tally tally,
      Rest rest) {
    this.tracks = tracks;
    this.objects = objects;
    this.search = search;
    this.tally = tally;
    this.rest = rest;
  }

  void place(TraceItem.Host item) {
    SmmuTrack owner = waiting.isEmpty() ? ownerOf(item) : null;
    if (owner != null) {
      deliver(owner, item);
    } else if (waiting.size() < TraceLimits.HELD_HOST_CALLS) {
      waiting.add(item);
      if (!tracks.isEmpty()) {
        sweep(false);
      }
    } else {
      rest.unattributed(item);
    }
  }

  /** Whether calls wait until it is known which vSMMU a vIOMMU serves. */
  boolean waitsForOwners() {
    return waiting.stream().anyMatch(item -> viommuOf(item) != null);
  }

  /** Something new is known of owners: hands on the calls that waited for it. */
  void sweep(boolean last) {
    List<TraceItem.Host> before = waiting;
    waiting = new ArrayList<>();
    for (TraceItem.Host item : before) {
      SmmuTrack owner = ownerOf(item);
      if (owner != null) {
        deliver(owner, item);
      } else if (viommuOf(item) == null && !search.alone() && (last || item.call().ofTheVm())) {
        rest.ofTheVm(item);
      } else if (last) {
        rest.unattributed(item);
      } else {
        waiting.add(item);
      }
    }
  }

  private KernelObjects.@Nullable Viommu viommuOf(TraceItem.Host item) {
    return item.viommu() != null ? item.viommu() : objects.viommuOf(item.call());
  }

  private @Nullable SmmuTrack ownerOf(TraceItem.Host item) {
    KernelObjects.Viommu viommu = viommuOf(item);
    if (viommu != null && viommu.owner() >= 0) {
      return tracks.get(viommu.owner());
    }
    return search.alone() && objects.viommus().size() <= 1 && tracks.size() == 1
        ? tracks.getFirst()
        : null;
  }

  private void deliver(SmmuTrack track, TraceItem.Host item) {
    tally.attributed(item.lines());
    track.output().call(item.recorded(), item.time());
    TraceLine.HostCall call = item.call();
    if (call.kind() == TraceLine.HostCallKind.ALLOC_VDEVICE && call.result() == 0) {
      track.attach(call, objects.address(call.iommufd(), call.deviceId()));
    }
  }
}
