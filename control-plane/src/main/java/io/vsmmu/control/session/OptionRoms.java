package io.vsmmu.control.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.control.vm.GuestRom;
import io.vsmmu.control.vm.GuestRom.Tables;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.VmLimits;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Makes the option ROMs of the vSMMUs' PCI functions, for each VMM from the vSMMUs and devices that
 * its VM has at that time.
 *
 * <p>All functions of one guest must have the same tables, although its VMM connects to their
 * sockets one after the other and a device may be attached in between. So the tables of the first
 * are kept for the others.
 */
public final class OptionRoms {

  private final UefiDriver driver;
  private final Vms vms;
  private final TimeTravel states;
  private volatile ExpectedStreams expected = vsmmu -> Set.of();
  private final Cache<String, Tables> kept =
      Caffeine.newBuilder().maximumSize(VmLimits.KEPT_TABLES).build();

  /** Returns the devices that a VMM has announced. */
  public interface ExpectedStreams {

    /** StreamIDs of devices that are or will be behind the vSMMU; any thread may call. */
    Set<Integer> of(RegisteredVsmmu vsmmu);
  }

  /**
   * @param driver the UEFI driver in the ROMs
   */
  public OptionRoms(UefiDriver driver, Vms vms, TimeTravel states) {
    this.driver = driver;
    this.vms = vms;
    this.states = states;
  }

  /**
   * The ROM for a VMM that has just connected to the vSMMU.
   *
   * @param served whether a VMM is connected to a vSMMU
   */
  ExpansionRom forVmm(RegisteredVsmmu vsmmu, Predicate<RegisteredVsmmu> served) {
    String vm = vms.of(vsmmu);
    Machine machine = machine(vm);
    if (machine.optionRom() == Machine.RomSwitch.OFF) {
      return ExpansionRom.none();
    }
    List<RegisteredVsmmu> others =
        vms.members(vm).stream().filter(member -> member.id() != vsmmu.id()).toList();
    return switch (tables(vm, machine, vsmmu, others.stream().anyMatch(served))) {
      case BuildResult.Built<Tables>(Tables tables) -> rom(tables, vsmmu);
      case BuildResult.Refused<Tables>(List<Problem> reasons) -> missing(reasons);
    };
  }

  private ExpansionRom rom(Tables tables, RegisteredVsmmu vsmmu) {
    return switch (GuestRom.of(driver, tables, vsmmu.name())) {
      case BuildResult.Built<byte[]>(byte[] rom) -> ExpansionRom.of(rom, note(tables));
      case BuildResult.Refused<byte[]>(List<Problem> reasons) -> missing(reasons);
    };
  }

  private static String note(Tables tables) {
    return tables.idle().isEmpty()
        ? ""
        : "no function is behind %s: attach devices before the VMM starts, or give its buses"
            .formatted(String.join(", ", tables.idle()));
  }

  private static ExpansionRom missing(List<Problem> reasons) {
    return ExpansionRom.missing(
        reasons.stream().map(Problem::message).collect(Collectors.joining("; ")));
  }

  private BuildResult<Tables> tables(
      String vm, Machine machine, RegisteredVsmmu vsmmu, boolean guestRuns) {
    Tables before = vm.equals(Vms.OWN) || !guestRuns ? null : kept.getIfPresent(vm);
    if (before != null && before.vsmmus().contains(vsmmu.name())) {
      return new BuildResult.Built<>(before);
    }
    BuildResult<Tables> made = GuestRom.tables(machine, members(vm, vsmmu));
    if (made instanceof BuildResult.Built<Tables>(Tables tables) && !vm.equals(Vms.OWN)) {
      kept.put(vm, tables);
    }
    return made;
  }

  /** The ROM for a VMM that connects to this vSMMU before any other of the VM. */
  public BuildResult<byte[]> next(RegisteredVsmmu vsmmu) {
    String vm = vms.of(vsmmu);
    return GuestRom.tables(machine(vm), members(vm, vsmmu))
        .then(tables -> GuestRom.of(driver, tables, vsmmu.name()));
  }

  /**
   * Sets the source of devices that are not attached yet when a VMM reads the ROM, because the VMM
   * binds them later. To be called before the first VMM connects.
   */
  public void expect(ExpectedStreams source) {
    expected = source;
  }

  /** A vSMMU with the devices that are or will be behind it. */
  public Member member(RegisteredVsmmu vsmmu, VsmmuState state) {
    return new Member(vsmmu.name(), state, expected.of(vsmmu));
  }

  private Machine machine(String vm) {
    return vm.equals(Vms.OWN) ? Machine.DEFAULT : vms.named("vm", vm).machine();
  }

  private List<Member> members(String vm, RegisteredVsmmu vsmmu) {
    List<RegisteredVsmmu> all = vm.equals(Vms.OWN) ? List.of(vsmmu) : vms.members(vm);
    return all.stream()
        .map(member -> member(member, NewestState.of(states, member).orElse(VsmmuState.ABSENT)))
        .toList();
  }
}
