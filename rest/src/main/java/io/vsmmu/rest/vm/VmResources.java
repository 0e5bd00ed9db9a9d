package io.vsmmu.rest.vm;

import io.vsmmu.control.vm.GuestAcpiTables;
import io.vsmmu.control.vm.Vm;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.platform.GuestMachines;
import io.vsmmu.rest.vm.VmResource.MemberDevice;
import io.vsmmu.rest.vm.VmResource.Ram;
import io.vsmmu.rest.vm.VmResource.VmMember;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Builds the resources of VMs from their descriptions and from their vSMMUs' logs. */
@Component
class VmResources {

  private record Piece(long address, long size, boolean writable) {}

  private final GuestMachines machines;

  VmResources(GuestMachines machines) {
    this.machines = machines;
  }

  /**
   * A VM's resource with its entity tag, which changes with each change of the VM and each event of
   * its vSMMUs.
   */
  record Tagged(VmResource resource, String etag) {}

  Tagged tagged(Vm vm) {
    List<GuestAcpiTables.Member> members = machines.members(vm);
    return new Tagged(of(vm, members), etag(vm, members));
  }

  private static String etag(Vm vm, List<GuestAcpiTables.Member> members) {
    List<?> events = members.stream().map(m -> List.of(m.name(), m.state().events())).toList();
    return "W/\"vm%d.%d.%08x\"".formatted(vm.id(), vm.revision(), events.hashCode());
  }

  VmResource of(Vm vm) {
    return of(vm, machines.members(vm));
  }

  static VmResource of(Vm vm, List<GuestAcpiTables.Member> members) {
    return new VmResource(
        vm.name(),
        members.stream().map(VmResources::shown).toList(),
        members.stream()
            .map(member -> member.state().hostHandles().physicalSmmu())
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList(),
        ram(members),
        members.stream().filter(member -> !member.state().devices().isEmpty()).count() > 1,
        MachineDescription.of(vm.machine()),
        vm.createdAt());
  }

  private static VmMember shown(GuestAcpiTables.Member member) {
    return new VmMember(
        member.name(),
        physicalSmmu(member.state()),
        member.state().devices().values().stream().map(VmResources::device).toList());
  }

  private static @Nullable String physicalSmmu(VsmmuState state) {
    String name = state.hostHandles().physicalSmmu();
    return name.isEmpty() ? null : name;
  }

  private static MemberDevice device(DeviceState state) {
    return new MemberDevice(
        Hex.of(state.streamId()), state.device().address(), state.device().group());
  }

  private static List<Ram> ram(List<GuestAcpiTables.Member> members) {
    Map<Piece, List<String>> shared = new LinkedHashMap<>();
    for (GuestAcpiTables.Member member : members) {
      for (MemoryState region : member.state().memory().values()) {
        shared
            .computeIfAbsent(
                new Piece(region.address(), region.size(), region.writable()),
                piece -> new ArrayList<>())
            .add(member.name());
      }
    }
    return shared.entrySet().stream()
        .map(
            entry ->
                new Ram(
                    Hex.of(entry.getKey().address()),
                    Hex.of(entry.getKey().size()),
                    entry.getKey().writable(),
                    entry.getValue()))
        .toList();
  }
}
