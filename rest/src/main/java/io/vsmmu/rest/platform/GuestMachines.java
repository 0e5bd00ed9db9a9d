package io.vsmmu.rest.platform;

import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.GuestAcpiTables;
import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vm;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/** The machines that guests see: VMs with the present states of their vSMMUs. */
@Component
public class GuestMachines {

  private final Vms vms;
  private final VmmSockets sockets;
  private final OptionRoms roms;
  private final VsmmuDirectory directory;

  GuestMachines(
      VsmmuAdministration administration,
      VmmSockets sockets,
      OptionRoms roms,
      VsmmuDirectory directory) {
    this.vms = administration.vms();
    this.sockets = sockets;
    this.roms = roms;
    this.directory = directory;
  }

  /** The VM's vSMMUs in the order of their creation. */
  public List<Member> members(Vm vm) {
    return vms.members(vm.name()).stream().map(this::member).toList();
  }

  Member member(RegisteredVsmmu vsmmu) {
    return roms.member(vsmmu, state(vsmmu));
  }

  VsmmuState state(RegisteredVsmmu vsmmu) {
    return directory.state(vsmmu);
  }

  /** The VM that the vSMMU belongs to; empty when it has one of its own. */
  Optional<Vm> of(RegisteredVsmmu vsmmu) {
    String name = vms.of(vsmmu);
    return name.equals(Vms.OWN) ? Optional.empty() : Optional.of(vms.named("vm", name));
  }

  /**
   * The IORT of a VM. The address of a register frame is the one in BAR 0 if a VMM is connected,
   * else the described one.
   */
  public AcpiTable iort(Vm vm) {
    Machine machine = vm.machine();
    for (RegisteredVsmmu vsmmu : vms.members(vm.name())) {
      OptionalLong frame = sockets.frame(vsmmu);
      if (frame.isPresent()) {
        machine = machine.withFrame(vsmmu.name(), frame.getAsLong());
      }
    }
    return BuildAnswers.built(GuestAcpiTables.iort(machine, members(vm)));
  }
}
