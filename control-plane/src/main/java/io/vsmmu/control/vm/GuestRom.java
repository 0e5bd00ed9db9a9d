package io.vsmmu.control.vm;

import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.rom.OptionRom;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.vfiouser.pci.PciIdentity;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes the option ROMs of a machine's vSMMUs, by which a guest that boots with UEFI and ACPI finds
 * them. All of them contain the same tables. In these every vSMMU has a placeholder instead of the
 * address of its register frame, which the UEFI driver replaces, because firmware assigns the
 * address. Pure.
 */
public final class GuestRom {

  /**
   * Base address of the first vSMMU's frame in the tables; the others follow. No memory has these
   * addresses: the last of them ends at 2^64, far beyond the 52 bits of a physical address.
   */
  private static final long FIRST_PLACEHOLDER = -(VmLimits.VSMMUS * GuestAcpiTables.FRAME_BYTES);

  private static final OptionRom.Function FUNCTION =
      new OptionRom.Function(PciIdentity.VENDOR, PciIdentity.DEVICE, PciIdentity.CLASS_CODE);

  /**
   * The tables that every ROM of a machine contains.
   *
   * @param vsmmus the machine's, in the order of their placeholders
   * @param idle those of them without a function behind them
   */
  public record Tables(
      AcpiTable iort, AcpiTable preserveBootConfiguration, List<String> vsmmus, List<String> idle) {

    public Tables {
      vsmmus = List.copyOf(vsmmus);
      idle = List.copyOf(idle);
    }
  }

  private GuestRom() {}

  /** Makes the tables, or says what is missing or wrong. */
  public static BuildResult<Tables> tables(Machine machine, List<Member> members) {
    Refusals refusals = new Refusals();
    refusals.unless(
        machine.optionRom() == Machine.RomSwitch.ON,
        "machine.optionRom",
        "off",
        "on",
        "PUT /api/v1/vms/{vm}/machine without optionRom");
    refusals.inRange(
        "vsmmus.size", members.size(), 1, VmLimits.VSMMUS, "give the machine that many vSMMUs");
    List<String> vsmmus = members.stream().map(Member::name).toList();
    return refusals
        .orBuild(() -> withPlaceholders(machine, vsmmus))
        .then(placed -> GuestAcpiTables.iort(placed, members))
        .then(
            iort ->
                GuestAcpiTables.preserveBootConfiguration(machine)
                    .then(
                        ssdt ->
                            new BuildResult.Built<>(
                                new Tables(iort, ssdt, vsmmus, idle(machine, members)))));
  }

  private static List<String> idle(Machine machine, List<Member> members) {
    return members.stream()
        .filter(member -> member.streamIds().isEmpty())
        .map(Member::name)
        .filter(name -> machine.location(name).map(SmmuLocation::firstBus).isEmpty())
        .toList();
  }

  /** Replaces the addresses that an operator gave, which are for guests without this ROM. */
  private static Machine withPlaceholders(Machine machine, List<String> vsmmus) {
    return machine.with(
        IntStream.range(0, vsmmus.size())
            .mapToObj(
                i ->
                    machine
                        .location(vsmmus.get(i))
                        .orElseGet(() -> SmmuLocation.of(vsmmus.get(i)))
                        .at(placeholder(i)))
            .toList());
  }

  private static long placeholder(int index) {
    return FIRST_PLACEHOLDER + index * GuestAcpiTables.FRAME_BYTES;
  }

  /**
   * Makes the ROM of one vSMMU. Refused when the tables are too long for a ROM, or belong to
   * another machine.
   */
  public static BuildResult<byte[]> of(UefiDriver driver, Tables tables, String vsmmu) {
    int index = tables.vsmmus().indexOf(vsmmu);
    Refusals refusals = new Refusals();
    refusals.unless(
        index >= 0,
        "vsmmu",
        "'" + vsmmu + "'",
        "one of " + tables.vsmmus(),
        "start the VMM again: its other functions got their ROM before this vSMMU existed");
    return refusals
        .orBuild(
            () ->
                new OptionRom.RomTables(
                    tables.iort(),
                    List.of(tables.preserveBootConfiguration()),
                    placeholder(index),
                    true))
        .then(rom -> OptionRom.build(driver, FUNCTION, rom));
  }
}
