package io.vsmmu.rest.replay;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.replay.LogDevices;
import io.vsmmu.control.replay.ReplayRequest;
import io.vsmmu.control.replay.ReplayTarget;
import io.vsmmu.control.session.AdmissionRules;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostDescription;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.Substitutes;
import io.vsmmu.smmu.stimulus.HostDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks before a replay on this host that it has, free, the devices that stand for those of the
 * log.
 */
@Component
class LocalDevices {

  private final EventQueries events;
  private final LocalHost host;
  private final VsmmuAdministration vsmmus;

  LocalDevices(EventQueries events, LocalHost host, VsmmuAdministration vsmmus) {
    this.events = events;
    this.host = host;
    this.vsmmus = vsmmus;
  }

  /**
   * Checks a replay on this host; any other passes.
   *
   * @throws ProblemException with every device that this host lacks or that a vSMMU has
   */
  void check(ReplayRequest request) {
    if (request.target() instanceof ReplayTarget.Local(Map<String, String> devices)) {
      SortedMap<String, HostDevice> ofLog =
          LogDevices.of(events, request.vsmmuId(), request.until());
      Substitutes.checkParts(devices, ofLog.keySet());
      checkThere(ofLog.keySet(), devices);
      checkFree(ofLog.keySet(), devices);
      checkGroups(ofLog, devices);
    }
  }

  private void checkThere(Set<String> ofLog, Map<String, String> devices) {
    HostDescription description = host.describe();
    refuse(
        ProblemType.HOST_REFUSED,
        ofLog.stream()
            .filter(known -> description.device(devices.getOrDefault(known, known)).isEmpty())
            .map(known -> absent(known, devices.get(known)))
            .toList());
  }

  private Problem absent(String known, @Nullable String substitute) {
    String address = substitute == null ? known : substitute;
    return new Problem(
        Substitutes.field(known),
        substitute,
        "a device of this host that takes the part of %s (GET /api/v1/hosts/local): %s: %s"
            .formatted(known, address, host.absent(address).what().given()));
  }

  private void checkFree(Set<String> ofLog, Map<String, String> devices) {
    HostDescription description = host.describe();
    refuse(
        ProblemType.CONFLICT,
        ofLog.stream()
            .map(known -> held(known, devices.getOrDefault(known, known), description))
            .flatMap(Optional::stream)
            .toList());
  }

  private Optional<Problem> held(String known, String address, HostDescription description) {
    return holder(address, description)
        .map(
            vsmmu ->
                new Problem(
                    Substitutes.field(known),
                    address,
                    "a device that no vSMMU has, nor one of its iommu group: %s has this one; map"
                            .formatted(vsmmu.name())
                        + " another one, or detach it there"));
  }

  /**
   * A group translates only when all of its devices are behind the vSMMU, so one that was complete
   * in the log must be complete here.
   */
  private void checkGroups(SortedMap<String, HostDevice> ofLog, Map<String, String> devices) {
    HostDescription description = host.describe();
    Set<String> taken = new HashSet<>();
    ofLog.keySet().forEach(known -> taken.add(devices.getOrDefault(known, known)));
    List<Problem> reasons = new ArrayList<>();
    ofLog.forEach(
        (known, device) -> {
          String address = devices.getOrDefault(known, known);
          List<String> strangers =
              description.device(address).stream()
                  .flatMap(there -> AdmissionRules.otherGroupMembers(description, there).stream())
                  .filter(member -> !taken.contains(member))
                  .toList();
          if (!strangers.isEmpty() && ofLog.keySet().containsAll(device.groupMates())) {
            reasons.add(
                new Problem(
                    Substitutes.field(known),
                    address,
                    "a device whose iommu group has no devices besides those that take a part, as"
                        + " in the log; %s is in this one, so that it does not translate: map"
                            .formatted(String.join(", ", strangers))
                        + " another device"));
          }
        });
    refuse(ProblemType.HOST_REFUSED, reasons);
  }

  /** The kernel gives the devices of a group to one iommufd only. */
  private Optional<RegisteredVsmmu> holder(String address, HostDescription description) {
    return vsmmus
        .holder(address)
        .or(
            () ->
                description
                    .device(address)
                    .flatMap(device -> vsmmus.holderOfGroup(device.iommuGroup())));
  }

  private static void refuse(ProblemType type, List<Problem> reasons) {
    if (!reasons.isEmpty()) {
      throw ProblemException.of(type, reasons);
    }
  }
}
