package io.vsmmu.debugger.cause;

import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a restart of the service found on the host, as a sentence. */
final class RestartText {

  private RestartText() {}

  /**
   * @param at when it took the vSMMU over
   * @param waited position of the slice that waited for the host; null if none did
   */
  static String of(HostOutcomeReported outcome, Instant at, @Nullable Long waited) {
    StringBuilder text = new StringBuilder("the service was restarted, at %s: ".formatted(at));
    List<HostOperation> adopted = of(outcome, Kind.ADOPT_DEVICE, true);
    List<HostOperation> bound = of(outcome, Kind.BIND_DEVICE, true);
    List<HostOperation> lost = of(outcome, Kind.BIND_DEVICE, false);
    if (!adopted.isEmpty()) {
      text.append("it found %s still on its iommufd and took over".formatted(streams(adopted)));
    }
    if (!bound.isEmpty()) {
      text.append(
          "%sit found %s not bound and bound %s again"
              .formatted(
                  adopted.isEmpty() ? "" : "; ",
                  streams(bound),
                  bound.size() == 1 ? "it" : "them"));
    }
    if (!lost.isEmpty()) {
      text.append(
          "%sit could not bind %s"
              .formatted(adopted.isEmpty() && bound.isEmpty() ? "" : "; ", streams(lost)));
    }
    if (adopted.isEmpty() && bound.isEmpty() && lost.isEmpty()) {
      text.append("it found no device to take over");
    }
    if (!adopted.isEmpty() && !of(outcome, Kind.ALLOC_VEVENTQ, true).isEmpty()) {
      text.append("; the vEVENTQ was gone and was allocated anew, without the faults in it");
    }
    if (waited != null) {
      text.append(
          "; the host's answer to the slice at position %d was not in the log, so the invalidations"
                  .formatted(waited)
              + " of that slice were issued again");
    }
    return text.append(". No access of the guest led to these calls").toString();
  }

  private static List<HostOperation> of(HostOutcomeReported outcome, Kind kind, boolean done) {
    return outcome.operations().stream()
        .filter(operation -> operation.kind() == kind && operation.succeeded() == done)
        .toList();
  }

  private static String streams(List<HostOperation> operations) {
    String ids =
        operations.stream()
            .limit(CauseLimits.PARTS)
            .map(operation -> Hex.of(operation.streamId()))
            .collect(Collectors.joining(", "));
    int more = operations.size() - CauseLimits.PARTS;
    return "the device%s of StreamID %s%s"
        .formatted(
            operations.size() == 1 ? "" : "s", ids, more > 0 ? " and %d more".formatted(more) : "");
  }
}
