package io.vsmmu.control.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.control.vm.GuestRom.Tables;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.problem.Problem;
import io.vsmmu.testing.RomImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What firmware finds in the ROMs of a machine's vSMMUs. */
class GuestRomTest {

  private static <T> T made(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> value;
      case BuildResult.Refused<T>(var reasons) -> throw new AssertionError(reasons);
    };
  }

  private static <T> List<Problem> refused(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> throw new AssertionError("made: " + value);
      case BuildResult.Refused<T>(List<Problem> reasons) -> reasons;
    };
  }

  private static Tables tables(Member... members) {
    return made(GuestRom.tables(Machine.DEFAULT, List.of(members)));
  }

  private static RomImage rom(Tables tables, String vsmmu) {
    return RomImage.read(made(GuestRom.of(UefiDriver.bundled(), tables, vsmmu)));
  }

  private static Machine with(Machine.Controller controller, Machine.RomSwitch rom) {
    return new Machine(
        controller,
        controller.defaultBase(),
        Machine.DEFAULT.bridges(),
        List.of(),
        Machine.DEFAULT.guestMsi(),
        rom);
  }

  @Test
  void all_roms_of_a_machine_have_the_same_tables_and_each_has_a_placeholder_of_its_own() {
    Tables tables = tables(Members.with("a", 0x10), Members.with("b", 0x100));

    RomImage a = rom(tables, "a");
    RomImage b = rom(tables, "b");

    assertThat(a.tables()).isEqualTo(b.tables());
    Iort iort = new Iort(a.iort());
    assertThat(iort.sumsUp()).isTrue();
    assertThat(iort.smmus())
        .extracting(Iort.Smmu::base)
        .containsExactly(a.placeholder(), b.placeholder())
        .doesNotHaveDuplicates();
    assertThat(iort.smmuOf(0x10)).isEqualTo(a.placeholder());
    assertThat(iort.smmuOf(0x100)).isEqualTo(b.placeholder());
  }

  @Test
  void a_machine_with_as_many_vsmmus_as_it_may_have_has_placeholders_for_all() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < VmLimits.VSMMUS; i++) {
      members.add(Members.with("v" + i, i << 8 | 8));
    }

    Tables tables = made(GuestRom.tables(Machine.DEFAULT, members));

    assertThat(new Iort(tables.iort().bytes()).smmus())
        .extracting(Iort.Smmu::base)
        .hasSize(VmLimits.VSMMUS)
        .doesNotHaveDuplicates()
        .allMatch(base -> base < 0 && base % GuestAcpiTables.FRAME_BYTES == 0);
    for (String vsmmu : tables.vsmmus()) {
      rom(tables, vsmmu);
    }
  }

  @Test
  void behind_the_iort_is_the_dsm_of_the_host_bridges() {
    RomImage rom = rom(tables(Members.with("a", 0x10)), "a");

    assertThat(new String(rom.others(), StandardCharsets.ISO_8859_1))
        .startsWith("SSDT")
        .contains("_SB_PCI0", "_DSM");
  }

  @Test
  void what_was_told_of_a_vsmmu_is_kept_but_for_its_frame() {
    SmmuLocation told =
        new SmmuLocation("a", 0x905_0000, new SmmuLocation.Wires(106, 107, 109, 108), null, 8, 9);
    Machine machine = Machine.DEFAULT.with(List.of(told));

    Iort iort = new Iort(made(GuestRom.tables(machine, List.of(Members.with("a")))).iort().bytes());

    assertThat(iort.smmus().getFirst().base()).isNegative();
    assertThat(iort.smmuOf(0x9FF)).isEqualTo(iort.smmus().getFirst().base());
  }

  @Test
  void a_machine_without_a_device_has_a_rom_that_says_which_vsmmu_nothing_is_behind() {
    Tables tables = tables(Members.with("a"), Members.with("b", 0x10));

    assertThat(tables.idle()).containsExactly("a");
    assertThat(new Iort(rom(tables, "a").iort()).smmus()).hasSize(2);
  }

  @Test
  void what_stands_against_a_rom_is_told_with_field_and_remedy() {
    List<Member> one = List.of(Members.with("a", 0x10));

    assertThat(refused(GuestRom.tables(with(Machine.Controller.ITS, Machine.RomSwitch.OFF), one)))
        .extracting(Problem::field)
        .containsExactly("machine.optionRom");
    assertThat(refused(GuestRom.tables(with(Machine.Controller.GICV2M, Machine.RomSwitch.ON), one)))
        .extracting(Problem::field)
        .containsExactly("vsmmus[a].wires");
    assertThat(refused(GuestRom.tables(Machine.DEFAULT, List.of())))
        .extracting(Problem::field)
        .containsExactly("vsmmus.size");
    assertThat(refused(GuestRom.tables(Machine.DEFAULT, List.of(Members.with("a", 0x1_0000)))))
        .extracting(Problem::field)
        .containsExactly("vsmmus[a].devices[0x10000]");
    assertThat(refused(GuestRom.of(UefiDriver.bundled(), tables(Members.with("a")), "b")))
        .extracting(Problem::remedy)
        .first()
        .asString()
        .contains("start the VMM again");
  }

  /** As many functions behind two vSMMUs in turn as bus 0 has: each is a range of its own. */
  @Test
  void the_longest_tables_of_a_full_bus_fit_a_rom() {
    int[] even = new int[127];
    int[] odd = new int[127];
    for (int i = 0; i < even.length; i++) {
      even[i] = 2 + 2 * i;
      odd[i] = 3 + 2 * i;
    }

    Tables tables = tables(Members.with("a", even), Members.with("b", odd));

    assertThat(new Iort(rom(tables, "b").iort()).reserved()).hasSize(254);
  }
}
