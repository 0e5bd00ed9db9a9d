package io.vsmmu.control.placement;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.placement.ProposedLayout.ProposedDevice;
import io.vsmmu.control.placement.ProposedLayout.ProposedVsmmu;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.session.AdmissionRules;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.apply.HostMatch;
import io.vsmmu.host.apply.HostMatch.PropertyMatch;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.vmm.AssignedDevice;
import io.vsmmu.platform.vmm.ExpectedStream;
import io.vsmmu.platform.vmm.OptionSetting;
import io.vsmmu.platform.vmm.RootBusVsmmu;
import io.vsmmu.platform.vmm.SmmuOptions;
import io.vsmmu.platform.vmm.VmLayout;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution.Resolved;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Proposes vSMMUs for a set of host devices: one for each physical SMMU, the devices of an IOMMU
 * group together, each vSMMU showing what its host has. Changes nothing.
 */
public final class LayoutPlanner {

  private static final String SOCKET = ".sock";

  private final LocalHost host;
  private final Path sockets;

  /**
   * Makes a planner.
   *
   * @param sockets folder in which the vSMMUs' sockets will be
   */
  public LayoutPlanner(LocalHost host, Path sockets) {
    this.host = host;
    this.sockets = sockets.toAbsolutePath().normalize();
  }

  /**
   * Proposes a layout.
   *
   * @throws RequestRefusedException with every reason why a device cannot be placed
   */
  public ProposedLayout propose(LayoutRequest request) {
    HostDescription description = host.describe();
    List<String> notes = new ArrayList<>();
    List<HostDescription.Device> devices =
        admitted(description, withGroupMembers(description, request, notes));
    Map<String, List<HostDescription.Device>> bySmmu = bySmmu(description, devices);
    VmLayout machine = machine(request, bySmmu);
    return new ProposedLayout(vsmmus(machine, bySmmu), machine, notes);
  }

  /** The requested devices, each followed by the other members of its IOMMU group. */
  private static SequencedMap<String, String> withGroupMembers(
      HostDescription host, LayoutRequest request, List<String> notes) {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < request.devices().size(); i++) {
      String field = "devices[" + i + "]";
      String address = request.devices().get(i);
      fields.putIfAbsent(address, field);
      host.device(address).stream()
          .flatMap(device -> AdmissionRules.otherGroupMembers(host, device).stream())
          .forEach(member -> fields.putIfAbsent(member, field));
    }
    Set<String> asked = new HashSet<>(request.devices());
    fields.keySet().stream()
        .filter(address -> !asked.contains(address))
        .forEach(
            member ->
                notes.add(
                    "%s comes along: an iommu group translates only when all of its devices are"
                            .formatted(member)
                        + " behind the vSMMU"));
    return fields;
  }

  private List<HostDescription.Device> admitted(
      HostDescription description, SequencedMap<String, String> fields) {
    List<HostDescription.Device> devices = new ArrayList<>();
    List<Problem> reasons = new ArrayList<>();
    fields.forEach(
        (address, field) -> {
          reasons.addAll(reasons(description, address, field));
          description.device(address).ifPresent(devices::add);
        });
    if (!reasons.isEmpty()) {
      throw new RequestRefusedException(Kind.HOST_REFUSED, reasons);
    }
    return devices;
  }

  private List<Problem> reasons(HostDescription description, String address, String field) {
    if (AdmissionRules.address(address, field).isPresent()) {
      return AdmissionRules.address(address, field).stream().toList();
    }
    return description
        .device(address)
        .map(device -> reasons(description, device, field))
        .orElseGet(() -> List.of(host.absent(address).what().of(field)));
  }

  private List<Problem> reasons(
      HostDescription description, HostDescription.Device device, String field) {
    List<Problem> reasons = new ArrayList<>();
    host.problem(device).ifPresent(problem -> reasons.add(problem.what().of(field)));
    reasons.addAll(AdmissionRules.reasons(description, device, field));
    return reasons;
  }

  /**
   * The devices by physical SMMU, in the host's order of SMMUs. The members of a group stay
   * together, because the devices of an SMMU stay in their order.
   */
  private static Map<String, List<HostDescription.Device>> bySmmu(
      HostDescription description, List<HostDescription.Device> devices) {
    SequencedSet<String> smmus = new LinkedHashSet<>();
    description.smmus().forEach(smmu -> smmus.add(smmu.name()));
    Map<String, List<HostDescription.Device>> bySmmu = new LinkedHashMap<>();
    for (String smmu : smmus) {
      List<HostDescription.Device> behind =
          devices.stream().filter(device -> device.smmu().equals(smmu)).toList();
      if (!behind.isEmpty()) {
        bySmmu.put(smmu, behind);
      }
    }
    return bySmmu;
  }

  private VmLayout machine(
      LayoutRequest request, Map<String, List<HostDescription.Device>> bySmmu) {
    List<RootBusVsmmu> placed = new ArrayList<>();
    int bus = request.firstBus();
    for (List<HostDescription.Device> devices : bySmmu.values()) {
      String name = request.vm() + "-" + placed.size();
      List<AssignedDevice> assigned = new ArrayList<>();
      for (HostDescription.Device device : devices) {
        assigned.add(AssignedDevice.of(device.address(), assigned.size()));
      }
      placed.add(
          new RootBusVsmmu(
              name, sockets.resolve(name + SOCKET).toString(), bus, shown(devices), assigned));
      bus += devices.size() + 1;
    }
    return new VmLayout(
        request.controller() == Machine.Controller.ITS
            ? VmLayout.GicVersion.GICV3_ITS
            : VmLayout.GicVersion.GICV2M,
        request.memoryMib(),
        placed);
  }

  private static SmmuOptions shown(List<HostDescription.Device> devices) {
    Resolved resolved = resolved(devices.getFirst());
    return new SmmuOptions(
        setting(resolved.ats() && devices.stream().anyMatch(LayoutPlanner::hasAts)),
        setting(resolved.ril()),
        OptionalInt.of(resolved.oas()),
        OptionalInt.of(resolved.ssidSize()),
        OptionSetting.OFF);
  }

  private static OptionSetting setting(boolean on) {
    return on ? OptionSetting.ON : OptionSetting.OFF;
  }

  private static boolean hasAts(HostDescription.Device device) {
    return device.hwInfo().filter(info -> !info.atsNotSupported()).isPresent();
  }

  /** What a vSMMU before the device shows; every device behind one SMMU has the same answer. */
  private static Resolved resolved(HostDescription.Device device) {
    HwInfo info = device.hwInfo().orElseThrow();
    return switch (HostMatch.resolve(VsmmuProperties.ALL_AUTO, info)) {
      case PropertyMatch.Fits fits -> fits.values();
      case PropertyMatch.Refused refused ->
          throw new RequestRefusedException(
              Kind.HOST_REFUSED,
              refused.problems().stream()
                  .map(
                      it ->
                          new Problem(
                              device.smmu() + "." + it.field(),
                              it.given(),
                              it.required(),
                              it.remedy()))
                  .toList());
    };
  }

  private static List<ProposedVsmmu> vsmmus(
      VmLayout machine, Map<String, List<HostDescription.Device>> bySmmu) {
    Map<String, Integer> streams = streams(machine);
    List<ProposedVsmmu> vsmmus = new ArrayList<>();
    for (Map.Entry<String, List<HostDescription.Device>> entry : bySmmu.entrySet()) {
      RootBusVsmmu placed = machine.vsmmus().get(vsmmus.size());
      vsmmus.add(
          new ProposedVsmmu(
              placed.name(),
              entry.getKey(),
              placed.bus(),
              placed.options().ats() == OptionSetting.ON,
              placed.options().ril() == OptionSetting.ON,
              placed.options().oas().orElseThrow(),
              placed.options().ssidSize().orElseThrow(),
              devices(placed, entry.getValue(), streams)));
    }
    return vsmmus;
  }

  private static Map<String, Integer> streams(VmLayout machine) {
    Map<String, Integer> streams = new LinkedHashMap<>();
    switch (ExpectedStream.of(machine)) {
      case BuildResult.Built<List<ExpectedStream>>(List<ExpectedStream> expected) ->
          expected.forEach(stream -> streams.put(stream.hostAddress(), stream.streamId()));
      case BuildResult.Refused<List<ExpectedStream>> refused ->
          throw new RequestRefusedException(Kind.CONFLICT, refused.reasons());
    }
    return streams;
  }

  private static List<ProposedDevice> devices(
      RootBusVsmmu placed, List<HostDescription.Device> devices, Map<String, Integer> streams) {
    List<ProposedDevice> proposed = new ArrayList<>();
    for (HostDescription.Device device : devices) {
      proposed.add(
          new ProposedDevice(
              device.address(),
              device.iommuGroup(),
              proposed.size(),
              streams.getOrDefault(device.address(), 0),
              placed.options().ats() == OptionSetting.ON && hasAts(device)));
    }
    return proposed;
  }
}
