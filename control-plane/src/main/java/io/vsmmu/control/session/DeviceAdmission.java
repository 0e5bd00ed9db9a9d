package io.vsmmu.control.session;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.HostMatch;
import io.vsmmu.host.apply.HostMatch.PropertyMatch;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.Set;

/** Decides whether a host device may be placed behind a vSMMU, before anything is changed. */
public final class DeviceAdmission {

  private static final Set<HostProblem.Kind> OF_THE_HOST =
      Set.of(HostProblem.Kind.NO_IOMMUFD, HostProblem.Kind.IOMMUFD_FORBIDDEN);

  private static final String FIELD = "hostDevice";

  private final LocalHost host;
  private final TimeTravel states;

  public DeviceAdmission(HostIommu host, TimeTravel states) {
    this(LocalHost.of(host), states);
  }

  public DeviceAdmission(LocalHost host, TimeTravel states) {
    this.host = host;
    this.states = states;
  }

  /**
   * Makes the stimulus that attaches a device, with the properties on {@code auto} resolved against
   * its SMMU.
   *
   * @param fetch the STE of the StreamID that the device gets
   * @throws RequestRefusedException with every reason why the device cannot be attached
   */
  Stimulus.AttachDevice admit(
      RegisteredVsmmu vsmmu, String address, SteFetch fetch, OnOffAuto ats) {
    AdmissionRules.checkAddress(address);
    HostDescription.Device device = device(address);
    host.problem(device).ifPresent(DeviceAdmission::refuse);
    HostDescription description = host.describe();
    AdmissionRules.check(description, device);
    HwInfo hardware = device.hwInfo().orElseThrow();
    VsmmuState state = state(vsmmu);
    IdRegisters resolved = resolve(state, hardware);
    return new Stimulus.AttachDevice(
        fetch.streamId(),
        new HostDevice(
            address,
            device.smmu(),
            device.iommuGroup(),
            HostIds.read(hardware.ids()),
            !hardware.atsNotSupported(),
            AdmissionRules.otherGroupMembers(description, device),
            host.isVmms(address)),
        ats,
        resolved,
        fetch);
  }

  /** The newest state of the vSMMU; {@link VsmmuState#ABSENT} without events. */
  VsmmuState state(RegisteredVsmmu vsmmu) {
    return NewestState.of(states, vsmmu).orElse(VsmmuState.ABSENT);
  }

  /** What a failed operation means, and what the operator can do. */
  Problem explain(String address, HostOperation failed) {
    return host.explain(address, failed).what().of(FIELD);
  }

  private static void refuse(HostProblem problem) {
    boolean ofTheHost = OF_THE_HOST.contains(problem.kind());
    throw new RequestRefusedException(
        ofTheHost ? Kind.HOST_REFUSED : Kind.CONFLICT, List.of(problem.what().of(FIELD)));
  }

  private HostDescription.Device device(String address) {
    HostDescription description = host.describe();
    return description.device(address).orElseThrow(() -> absent(address, description));
  }

  private RequestRefusedException absent(String address, HostDescription description) {
    HostProblem problem = host.absent(address);
    return new RequestRefusedException(
        Kind.NOT_FOUND,
        FIELD,
        address + ": " + problem.what().given(),
        "one of "
            + description.devices().stream().map(HostDescription.Device::address).toList()
            + "; "
            + problem.what().remedy());
  }

  /**
   * The ID registers that the vSMMU shows with the device. The first device resolves the properties
   * on {@code auto}, unless the guest may have read the registers before; later they do not change.
   */
  private static IdRegisters resolve(VsmmuState state, HwInfo hardware) {
    boolean frozen = state.identityMayBeKnown() || state.hostHandles().present();
    IdRegisters shown = frozen ? state.ids() : resolved(state, hardware);
    List<Problem> mismatches = HostMatch.compare(shown, hardware);
    if (!mismatches.isEmpty()) {
      throw new RequestRefusedException(Kind.HOST_REFUSED, ofRequest(mismatches));
    }
    return shown;
  }

  private static IdRegisters resolved(VsmmuState state, HwInfo hardware) {
    return switch (HostMatch.resolve(state.properties(), hardware)) {
      case PropertyMatch.Refused refused ->
          throw new RequestRefusedException(Kind.HOST_REFUSED, ofRequest(refused.problems()));
      case PropertyMatch.Fits fits ->
          fits.values().applyTo(state.ids(), HostIds.read(hardware.ids()));
    };
  }

  /** A request gives the vSMMU's values, so that it is the host's that are required of it. */
  private static List<Problem> ofRequest(List<Problem> mismatches) {
    return mismatches.stream()
        .map(
            it -> new Problem(it.field(), it.required(), "the host has " + it.given(), it.remedy()))
        .toList();
  }
}
