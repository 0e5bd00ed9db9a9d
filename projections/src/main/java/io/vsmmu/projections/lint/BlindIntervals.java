package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.lint.FindingReport.Occurrence;
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
 * Finds the intervals in which the guest had a hardware queue. The hardware reads such a queue
 * itself, so it is unknown which invalidations were executed; neither the read models nor a replay
 * include them.
 */
final class BlindIntervals implements RuleChecker {

  /** A queue that exists at the current event. */
  private record Open(int index, long from) {}

  private final FindingReport.Builder findings;

  /** By logical handle; at most {@code Limits.HARDWARE_QUEUES}. */
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
        if (it != null && !neverExisted(step)) {
          report(it, step.position());
        }
      }
    }
  }

  /** Whether the queue never existed, because the host refused to allocate it. */
  private static boolean neverExisted(ObservedEvent step) {
    return step.event() instanceof HardwareQueueClosed(_, long handle, Reason reason)
        && reason == Reason.HOST_REFUSED
        && step.before().objects().get(handle) instanceof HostObject queue
        && queue.kernelId() == 0;
  }

  @Override
  public void finish(VsmmuState last, long position) {
    open.values().forEach(it -> report(it, null));
  }

  private void report(Open it, @Nullable Long to) {
    List<Long> evidence = new ArrayList<>(List.of(it.from()));
    if (to != null) {
      evidence.add(to);
    }
    findings.occurred(
        Rule.BLIND_INTERVAL,
        Rule.BLIND_INTERVAL.severity(),
        null,
        null,
        "queue " + it.index(),
        () ->
            "Hardware queue %d was open: what the guest put into it is not in the log"
                .formatted(it.index()),
        Occurrence.lasting(it.from(), to, evidence));
  }
}
