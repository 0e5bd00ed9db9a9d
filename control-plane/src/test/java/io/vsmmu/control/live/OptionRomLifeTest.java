package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.RomImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a VMM reads from the sockets of a VM's vSMMUs. */
class OptionRomLifeTest extends LiveTest {

  private static final int ROM = 6;
  private static final int ROM_BAR = 0x30;
  private static final int COMMAND = 0x04;
  private static final int BAR0 = 0x10;

  private final List<String> names = new ArrayList<>();

  @AfterEach
  void deviceIsFree() {
    names.forEach(name -> service.administration.delete(name, "operator"));
  }

  @Test
  void the_roms_of_a_vm_bring_its_devices_with_a_placeholder_for_each_frame() throws Exception {
    service.vms.create("r1", Machine.DEFAULT);
    RegisteredVsmmu one = member("r1", "r1-a");
    RegisteredVsmmu two = member("r1", "r1-b");
    attach(one, LiveRig.A, 0x10);

    try (VfioUserClient first = vmm(one);
        VfioUserClient second = vmm(two)) {
      RomImage a = RomImage.read(rom(first));
      RomImage b = RomImage.read(rom(second));

      assertThat(a.tables()).isEqualTo(b.tables());
      assertThat(a.placeholder()).isNotEqualTo(b.placeholder());
      assertThat(first.read(ROM, 0, 2).fields().getShort(16)).isEqualTo((short) 0xAA55);
      assertThat(first.write(ROM, 0, 2, 0)).as("a write is ignored").isZero();
      assertThat(RomImage.read(rom(first)).tables()).isEqualTo(a.tables());
    }
  }

  @Test
  void a_device_that_comes_between_two_functions_of_a_guest_is_in_none_of_their_roms()
      throws Exception {
    service.vms.create("r2", Machine.DEFAULT);
    RegisteredVsmmu one = member("r2", "r2-a");
    RegisteredVsmmu two = member("r2", "r2-b");
    byte[] before;
    try (VfioUserClient first = vmm(one)) {
      before = RomImage.read(rom(first)).tables();
      attach(two, LiveRig.A, 0x10);
      try (VfioUserClient second = vmm(two)) {
        assertThat(RomImage.read(rom(second)).tables()).isEqualTo(before);
      }
    }
    Await.until("VMM gone", () -> !service.sockets.isServed(one) && !service.sockets.isServed(two));

    try (VfioUserClient next = vmm(two)) {
      assertThat(RomImage.read(rom(next)).tables()).as("the next guest").isNotEqualTo(before);
    }
  }

  @Test
  void devices_that_a_vmm_has_announced_and_binds_later_are_in_its_rom() throws Exception {
    RegisteredVsmmu vsmmu = withoutAtsAndPasids("r8");
    service.roms.expect(asked -> asked.id() == vsmmu.id() ? Set.of(0x10) : Set.of());
    try (VfioUserClient vmm = vmm(vsmmu)) {
      byte[] announced = rom(vmm);
      service.roms.expect(asked -> Set.of());

      attach(vsmmu, LiveRig.A, 0x10);

      assertThat(service.roms.next(vsmmu))
          .as("as if it were attached")
          .isInstanceOfSatisfying(
              BuildResult.Built.class,
              made ->
                  assertThat(RomImage.read((byte[]) made.value()).tables())
                      .isEqualTo(RomImage.read(announced).tables()));
    } finally {
      service.roms.expect(asked -> Set.of());
    }
  }

  @Test
  void a_vsmmu_that_comes_while_its_vms_guest_runs_brings_tables_with_itself() throws Exception {
    service.vms.create("r3", Machine.DEFAULT);
    RegisteredVsmmu one = member("r3", "r3-a");
    try (VfioUserClient first = vmm(one);
        VfioUserClient second = vmm(member("r3", "r3-b"))) {
      assertThat(RomImage.read(rom(second)).placeholder())
          .isNotEqualTo(RomImage.read(rom(first)).placeholder());
    }
  }

  @Test
  void without_a_vm_the_rom_is_of_a_machine_with_this_vsmmu_alone() throws Exception {
    RegisteredVsmmu vsmmu = member(Vms.OWN, "r4");
    attach(vsmmu, LiveRig.A, 0x10);

    try (VfioUserClient vmm = vmm(vsmmu)) {
      byte[] rom = rom(vmm);
      assertThat(service.roms.next(vsmmu))
          .isInstanceOfSatisfying(
              BuildResult.Built.class, made -> assertThat(made.value()).isEqualTo(rom));
    }
  }

  @Test
  void where_it_is_switched_off_or_cannot_be_made_there_is_no_rom_and_everything_else()
      throws Exception {
    service.vms.create("r5", machine(Machine.Controller.ITS, Machine.RomSwitch.OFF));
    service.vms.create("r6", machine(Machine.Controller.GICV2M, Machine.RomSwitch.ON));

    for (String vm : List.of("r5", "r6")) {
      try (VfioUserClient vmm = vmm(member(vm, vm + "-a"))) {
        vmm.writeConfig(ROM_BAR, 4, -1);
        assertThat(vmm.readConfig(ROM_BAR, 4)).isZero();
        assertThat(vmm.read(ROM, 0, 2).errno()).isEqualTo(Errno.EINVAL.number());
        assertThat(vmm.read32(0)).as("IDR0").isNotZero();
      }
    }
  }

  private static Machine machine(Machine.Controller controller, Machine.RomSwitch rom) {
    return new Machine(
        controller,
        controller.defaultBase(),
        Machine.DEFAULT.bridges(),
        List.of(),
        GuestMsi.PHYSICAL,
        rom);
  }

  @Test
  void the_service_sees_where_firmware_places_the_frame() throws Exception {
    RegisteredVsmmu vsmmu = member(Vms.OWN, "r7");
    assertThat(service.sockets.frame(vsmmu)).isEmpty();
    try (VfioUserClient vmm = vmm(vsmmu)) {
      vmm.writeConfig(BAR0, 4, 0x0010_0000L);
      vmm.writeConfig(BAR0 + 4, 4, 0x80L);
      assertThat(service.sockets.frame(vsmmu)).isEmpty();

      vmm.writeConfig(COMMAND, 2, 6);
      assertThat(service.sockets.frame(vsmmu)).hasValue(0x80_0010_0000L);

      vmm.reset();
      assertThat(service.sockets.frame(vsmmu)).isEmpty();
    }
    Await.until("VMM gone", () -> !service.sockets.isServed(vsmmu));
    assertThat(service.sockets.frame(vsmmu)).isEmpty();
  }

  @Test
  void a_guest_that_starts_another_kernel_keeps_its_command_queue() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.sync();

      guest.vmm().writeConfig(COMMAND, 2, 2);
      guest.sync();

      assertThat(guest.read(Register.GERROR)).as("no command error").isZero();
    }
  }

  private RegisteredVsmmu member(String vm, String name) {
    names.add(name);
    return service.administration.create(
        name, vm, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }

  /** Its ID registers do not change with the first device. */
  private RegisteredVsmmu withoutAtsAndPasids(String name) {
    names.add(name);
    VsmmuProperties properties =
        new VsmmuProperties(OnOffAuto.OFF, OnOffAuto.AUTO, VsmmuProperties.AUTO, 0, OnOffAuto.AUTO);
    return service.administration.create(
        name, Vms.OWN, properties, Durability.COMMITTED, "operator");
  }

  private void attach(RegisteredVsmmu vsmmu, String device, int streamId) {
    service.administration.attach(vsmmu.name(), device, streamId, OnOffAuto.OFF, "operator");
  }

  private VfioUserClient vmm(RegisteredVsmmu vsmmu) throws PosixException {
    VfioUserClient vmm = VfioUserClient.connect(service.sockets.path(vsmmu).orElseThrow());
    vmm.negotiate();
    return vmm;
  }

  /** As QEMU does it: the size by the BAR, then all of it. */
  private static byte[] rom(VfioUserClient vmm) {
    vmm.writeConfig(ROM_BAR, 4, 0xFFFF_F800L);
    int bytes = -(int) vmm.readConfig(ROM_BAR, 4);
    byte[] answer = vmm.read(ROM, 0, bytes).body();
    return Arrays.copyOfRange(answer, answer.length - bytes, answer.length);
  }
}
