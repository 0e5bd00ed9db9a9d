package io.vsmmu.control.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.GuestMsi;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which functions of a machine are behind which vSMMU. */
class GuestAcpiTablesTest {

  private static final long A = 0x80_0000_0000L;
  private static final long B = 0x80_0002_0000L;

  private static Machine machine(SmmuLocation... places) {
    return Machine.DEFAULT.with(List.of(places));
  }

  private static SmmuLocation place(String name, long frame) {
    return SmmuLocation.of(name).at(frame);
  }

  private static BuildResult<AcpiTable> outcome(Machine machine, Member... members) {
    return GuestAcpiTables.iort(machine, List.of(members));
  }

  private static Iort iort(Machine machine, Member... members) {
    return switch (outcome(machine, members)) {
      case BuildResult.Built<AcpiTable>(AcpiTable table) -> new Iort(table.bytes());
      case BuildResult.Refused<AcpiTable>(var reasons) -> throw new AssertionError(reasons);
    };
  }

  @Test
  void on_bus_0_only_attached_devices_are_behind_a_vsmmu() {
    Iort iort = iort(machine(place("a", A)), Members.with("a", 0x10, 0x18));

    assertThat(iort.smmuOf(0x10)).isEqualTo(A);
    assertThat(iort.smmuOf(0x18)).isEqualTo(A);
    for (int emulated : List.of(0x00, 0x08, 0x11, 0x17, 0x19, 0x20, 0xF8, 0x100, 0xFFFF)) {
      assertThat(iort.smmuOf(emulated)).as("0x%x", emulated).isZero();
    }
    assertThat(iort.reserved()).containsExactly(List.of(0x10, 1), List.of(0x18, 1));
  }

  @Test
  void a_device_that_a_vmm_has_announced_is_behind_its_vsmmu_before_it_is_attached() {
    Iort iort = iort(machine(place("a", A)), Members.expecting("a", 0x10, 0x108));

    assertThat(iort.smmuOf(0x10)).isEqualTo(A);
    assertThat(iort.smmuOf(0x18)).isZero();
    assertThat(iort.smmuOf(0x1FF)).isEqualTo(A);
    assertThat(iort.reserved()).containsExactly(List.of(0x10, 1), List.of(0x100, 0x100));
  }

  @Test
  void each_other_bus_with_a_device_is_behind_its_vsmmu_as_a_whole_and_none_between_them() {
    Iort iort = iort(machine(place("a", A)), Members.with("a", 0x100, 0x308, 0x400));

    assertThat(iort.smmuOf(0x1FF)).isEqualTo(A);
    assertThat(iort.smmuOf(0x200)).as("a bus without a device").isZero();
    assertThat(iort.smmuOf(0x300)).isEqualTo(A);
    assertThat(iort.smmuOf(0x4FF)).isEqualTo(A);
    assertThat(iort.smmuOf(0x500)).isZero();
    assertThat(iort.reserved()).containsExactly(List.of(0x100, 0x100), List.of(0x300, 0x200));
  }

  @Test
  void of_a_bus_with_devices_of_two_vsmmus_each_has_its_own() {
    Iort iort =
        iort(
            machine(place("a", A), place("b", B)),
            Members.with("a", 0x10, 0x108),
            Members.with("b", 0x18, 0x100));

    assertThat(iort.smmuOf(0x10)).isEqualTo(A);
    assertThat(iort.smmuOf(0x18)).isEqualTo(B);
    assertThat(iort.smmuOf(0x100)).isEqualTo(B);
    assertThat(iort.smmuOf(0x108)).isEqualTo(A);
    assertThat(iort.smmuOf(0x110)).isZero();
  }

  @Test
  void buses_that_were_told_are_behind_the_vsmmu_whatever_is_on_them() {
    Iort iort = iort(machine(new SmmuLocation("a", A, null, null, 0, 1)), Members.with("a"));

    assertThat(iort.smmuOf(0x1FF)).isEqualTo(A);
    assertThat(iort.smmuOf(0x00)).isEqualTo(A);
    assertThat(iort.smmuOf(0x200)).isZero();
  }

  @Test
  void a_vsmmu_without_devices_is_there_and_nothing_goes_through_it() {
    Iort iort = iort(machine(place("a", A)), Members.with("a"));

    assertThat(iort.smmus()).hasSize(1);
    assertThat(iort.smmuOf(0x10)).isZero();
    assertThat(iort.reserved()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(GuestMsi.class)
  void the_model_of_the_node_says_which_address_the_guest_writes_into_msi_registers(GuestMsi msi) {
    Machine usual = machine(place("a", A));
    Machine machine =
        new Machine(
            usual.controller(),
            usual.controllerBase(),
            usual.bridges(),
            usual.places(),
            msi,
            usual.optionRom());

    assertThat(iort(machine, Members.with("a", 0x10)).smmus())
        .containsExactly(new Iort.Smmu(A, msi == GuestMsi.PHYSICAL ? 1 : 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1_0000, 0x100_0000, 0x3FFF_FFFF})
  void a_stream_id_that_no_requester_id_is_has_no_iort(int streamId) {
    BuildResult<AcpiTable> refused = outcome(machine(place("a", A)), Members.with("a", streamId));

    assertThat(refused)
        .isInstanceOfSatisfying(
            BuildResult.Refused.class,
            it -> assertThat(it.reasons().toString()).contains("0x0 to 0xffff"));
  }

  /** Every function is behind the vSMMU of its device; no other device is. */
  @Test
  void devices_of_random_machines_are_behind_their_own_vsmmus() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Map<Integer, Long> owners = new TreeMap<>();
      List<Member> members = new ArrayList<>();
      List<SmmuLocation> places = new ArrayList<>();
      Set<Integer> taken = new HashSet<>(Set.of(0));
      for (int i = 0; i <= random.nextInt(4); i++) {
        long frame = A + i * GuestAcpiTables.FRAME_BYTES;
        int[] streams = random.ints(random.nextInt(6), 0, 0x600).filter(taken::add).toArray();
        for (int stream : streams) {
          owners.put(stream, frame);
        }
        members.add(Members.with("v" + i, streams));
        places.add(place("v" + i, frame));
      }

      Iort iort =
          iort(machine(places.toArray(SmmuLocation[]::new)), members.toArray(Member[]::new));

      assertThat(iort.sumsUp()).as("seed %d", seed).isTrue();
      owners.forEach(
          (stream, frame) ->
              assertThat(iort.smmuOf(stream)).as("0x%x, seed %d", stream, seed).isEqualTo(frame));
      for (int function = 0; function < 0x100; function++) {
        assertThat(iort.smmuOf(function))
            .as("0x%x, seed %d", function, seed)
            .isEqualTo(owners.getOrDefault(function, 0L));
      }
    }
  }
}
