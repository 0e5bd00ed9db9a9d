package io.vsmmu.recordings.qemu;

import java.util.HashMap;
import java.util.Map;

/**
 * Which vSMMU the StreamIDs and vIOMMUs of settled accesses belong to. A vSMMU has root buses of
 * its own, so a StreamID, which is a requester ID, is of one vSMMU; but nothing forces a guest to
 * use none but those: a StreamID that two vSMMUs use is no evidence.
 */
final class KnownOwners {

  private static final long SEVERAL = -1;

  private final Map<Integer, Long> streams = new HashMap<>();
  private final Map<KernelObjects.Viommu, Long> viommus = new HashMap<>();

  /** What an attributed access shows. */
  void learn(long vsmmu, TraceItem.Access access) {
    access.streams().forEach(stream -> learnStream(vsmmu, stream));
    KernelObjects.Viommu viommu = access.viommu();
    if (viommu != null && viommus.size() < TraceLimits.VIOMMUS) {
      viommus.putIfAbsent(viommu, vsmmu);
    }
  }

  /** The id of the vSMMU with this vIOMMU; -1 if none is known to have it. */
  long ofViommu(KernelObjects.Viommu viommu) {
    return viommus.getOrDefault(viommu, SEVERAL);
  }

  private void learnStream(long vsmmu, int streamId) {
    if (streams.size() < TraceLimits.STREAMS || streams.containsKey(streamId)) {
      streams.merge(streamId, vsmmu, (before, now) -> before.equals(now) ? before : SEVERAL);
    }
  }

  /** The id of the vSMMU with this StreamID; -1 if none or several are known to have it. */
  long ofStream(int streamId) {
    return streams.getOrDefault(streamId, SEVERAL);
  }
}
