package io.vsmmu.recordings.qemu;

import java.util.HashMap;
import java.util.Map;

/**
 * The vSMMU that each StreamID and vIOMMU of the settled accesses belongs to. A StreamID is a PCI
 * requester ID and each vSMMU has root buses of its own, so it normally belongs to one vSMMU. A
 * guest may still name a StreamID to another vSMMU; a StreamID that two of them have used is no
 * evidence.
 */
final class KnownOwners {

  private static final long SEVERAL = -1;

  private final Map<Integer, Long> streams = new HashMap<>();
  private final Map<IommufdObjects.Viommu, Long> viommus = new HashMap<>();

  /** Records the identifiers of an access that was settled for the vSMMU. */
  void learn(long vsmmu, TraceItem.Access access) {
    for (int stream : access.streams()) {
      learnStream(vsmmu, stream);
    }
    IommufdObjects.Viommu viommu = access.viommu();
    if (viommu != null && viommus.size() < TraceLimits.VIOMMUS) {
      viommus.putIfAbsent(viommu, vsmmu);
    }
  }

  /** The id of the vSMMU with this vIOMMU; -1 if unknown. */
  long ofViommu(IommufdObjects.Viommu viommu) {
    return viommus.getOrDefault(viommu, SEVERAL);
  }

  private void learnStream(long vsmmu, int streamId) {
    if (streams.size() < TraceLimits.STREAMS || streams.containsKey(streamId)) {
      streams.merge(streamId, vsmmu, (before, now) -> before.equals(now) ? before : SEVERAL);
    }
  }

  /** The id of the vSMMU with this StreamID; -1 if unknown or if several have used it. */
  long ofStream(int streamId) {
    return streams.getOrDefault(streamId, SEVERAL);
  }
}
