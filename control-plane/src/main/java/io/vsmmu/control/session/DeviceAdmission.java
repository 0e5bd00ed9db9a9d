package io.vsmmu.control.session;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.request.RequestRefusedException.Reason;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostCompatibility;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.Mismatch;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Whether a host device may be placed behind a vSMMU, before anything is changed. */
public final class DeviceAdmission {

  private static final Set<HostProblem.Kind> OF_THE_HOST =
      Set.of(HostProblem.Kind.NO_IOMMUFD, HostProblem.Kind.IOMMUFD_FORBIDDEN);

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
   * The stimulus that attaches the device, with {@code auto} resolved against its host.
   *
   * @param reading the STE of the StreamID that it gets
   */
  Stimulus.AttachDevice admit(
      RegisteredVsmmu vsmmu, String address, SteReading reading, OnOffAuto ats) {
    AdmissionRules.checkAddress(address);
    HostDescription.Device device = device(address);
    host.problem(device).ifPresent(DeviceAdmission::refuse);
    HostDescription description = host.describe();
    AdmissionRules.check(description, device);
    HwInfo hardware = device.hwInfo().orElseThrow();
    VsmmuState state = state(vsmmu);
    IdRegisters resolved = resolve(state, hardware);
    return new Stimulus.AttachDevice(
        reading.streamId(),
        new HostDevice(
            address,
            device.smmu(),
            device.iommuGroup(),
            ids(hardware.ids()),
            !hardware.atsNotSupported(),
            AdmissionRules.mates(description, device),
            host.isVmms(address)),
        ats,
        resolved,
        reading);
  }

  /** The newest state. */
  VsmmuState state(RegisteredVsmmu vsmmu) {
    return HeadState.of(states, vsmmu).orElse(VsmmuState.ABSENT);
  }

  /** What an operation that failed means, with the remedy. */
  Reason explain(String address, HostOperation failed) {
    return reason(host.explain(address, failed));
  }

  private static void refuse(HostProblem problem) {
    boolean ofTheHost = OF_THE_HOST.contains(problem.kind());
    throw new RequestRefusedException(
        ofTheHost ? Kind.HOST_REFUSED : Kind.CONFLICT, List.of(reason(problem)));
  }

  private static Reason reason(HostProblem problem) {
    return new Reason("hostDevice", problem.subject() + ": " + problem.found(), problem.remedy());
  }

  private HostDescription.Device device(String address) {
    HostDescription description = host.describe();
    return description.device(address).orElseThrow(() -> absent(address, description));
  }

  private RequestRefusedException absent(String address, HostDescription description) {
    HostProblem problem = host.absent(address);
    return new RequestRefusedException(
        Kind.NOT_FOUND,
        "hostDevice",
        address + ": " + problem.found(),
        "one of "
            + description.devices().stream().map(HostDescription.Device::address).toList()
            + "; "
            + problem.remedy());
  }

  /** Frozen once the guest may have read them, or by the first device; else as the host has it. */
  private static IdRegisters resolve(VsmmuState state, HwInfo hardware) {
    boolean frozen = state.identityMayBeKnown() || state.hostHandles().present();
    IdRegisters shown = frozen ? state.ids() : resolved(state, hardware);
    List<Mismatch> mismatches = HostCompatibility.compare(idr(shown), hardware);
    if (!mismatches.isEmpty()) {
      throw new RequestRefusedException(Kind.HOST_REFUSED, reasons(mismatches));
    }
    return shown;
  }

  private static IdRegisters resolved(VsmmuState state, HwInfo hardware) {
    return switch (properties(state.properties()).resolve(hardware)) {
      case io.vsmmu.host.VsmmuProperties.Resolution.Refused refused ->
          throw new RequestRefusedException(Kind.HOST_REFUSED, reasons(refused.mismatches()));
      case io.vsmmu.host.VsmmuProperties.Resolution.Resolved values ->
          state
              .ids()
              .withAts(values.ats())
              .withRangeInvalidation(values.ril())
              .withOasBits(values.oas())
              .withSsidSize(values.ssidSize())
              .withTableFeaturesOf(ids(hardware.ids()));
    };
  }

  private static io.vsmmu.host.VsmmuProperties properties(VsmmuProperties properties) {
    return new io.vsmmu.host.VsmmuProperties(
        setting(properties.ats()),
        setting(properties.ril()),
        bits(properties.oas()),
        bits(properties.ssidSize()));
  }

  private static io.vsmmu.host.OnOffAuto setting(OnOffAuto property) {
    return switch (property) {
      case ON -> io.vsmmu.host.OnOffAuto.ON;
      case OFF -> io.vsmmu.host.OnOffAuto.OFF;
      case AUTO -> io.vsmmu.host.OnOffAuto.AUTO;
    };
  }

  private static OptionalInt bits(int property) {
    return property == VsmmuProperties.AUTO ? OptionalInt.empty() : OptionalInt.of(property);
  }

  private static int[] idr(IdRegisters ids) {
    return new int[] {ids.idr0(), ids.idr1(), ids.idr2(), ids.idr3(), ids.idr4(), ids.idr5()};
  }

  private static IdRegisters ids(SmmuIds ids) {
    return new IdRegisters(
        ids.idr0(),
        ids.idr1(),
        ids.idr2(),
        ids.idr3(),
        ids.idr4(),
        ids.idr5(),
        ids.iidr(),
        ids.aidr());
  }

  private static List<Reason> reasons(List<Mismatch> mismatches) {
    return mismatches.stream()
        .map(
            m -> new Reason(m.field(), m.wanted(), "the host has " + m.found() + ": " + m.remedy()))
        .toList();
  }
}
