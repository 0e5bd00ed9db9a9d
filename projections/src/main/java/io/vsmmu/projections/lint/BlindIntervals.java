package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueClosed.Reason;
import io.vsmmu.smmu.model.HardwareQueue;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From where to where the guest had hardware queues. Which of its invalidations were executed there
 * cannot be told: neither the read models nor a replay know of them.
 */
final class BlindIntervals implements Detector {

  /** A queue of which the log does not tell yet how it ends. */
  private record Open(int index, long from) {}

  private final FindingReport.Builder findings;

  /** By logical handle; as many as a vSMMU may have ({@code Limits.HARDWARE_QUEUES}). */
  @JsonProperty private SortedMap<Long, Open> open = new TreeMap<>();

  BlindIntervals(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void observe(ObservedEvent step) {
    if (step.before().objects().equals(step.after().objects())) {
      return;
    }
    for (HardwareQueue queue : step.after().hardwareQueues()) {
      open.putIfAbsent(queue.handle(), new Open(queue.index(), step.position()));
    }
    for (long handle : List.copyOf(open.keySet())) {
      if (!step.after().objects().containsKey(handle)) {
        Open it = open.remove(handle);
        if (it != null && !neverWas(step)) {
          tell(it, step.position());
        }
      }
    }
  }

  /** The host refused what it never had confirmed. */
  private static boolean neverWas(ObservedEvent step) {
    return step.event() instanceof HardwareQueueClosed(_, long handle, Reason reason)
        && reason == Reason.HOST_REFUSED
        && step.before().objects().get(handle) instanceof HostObject queue
        && queue.kernelId() == 0;
  }

  @Override
  public void finish(VsmmuState last, long position) {
    open.values().forEach(it -> tell(it, null));
  }

  private void tell(Open it, @Nullable Long to) {
    List<Long> evidence = new ArrayList<>(List.of(it.from()));
    if (to != null) {
      evidence.add(to);
    }
    findings.add(
        Rule.BLIND_INTERVAL,
        it.from(),
        to,
        null,
        null,
        "Hardware queue %d was open: what the guest put into it is not in the log"
            .formatted(it.index()),
        evidence);
  }
}
