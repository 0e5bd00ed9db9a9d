package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The host refused a device, and its attachment is undone. */
class UndoneAttachmentTest {

  private static final int SID = 0x100;
  private static final int ENOMEM = 12;
  private static final IdRegisters NARROWER = Guest.IDS.withOasBits(40).withAts(false);

  /** The host refuses to bind the device, and with it everything. */
  private static Guest refused(Guest guest, int sid, IdRegisters resolved) {
    guest.meets(
        new Stimulus.AttachDevice(
            sid, Guest.device(sid, sid), OnOffAuto.AUTO, resolved, SteFetch.unknown(sid)));
    long device = guest.event(DeviceAttached.class).deviceHandle();
    return guest.hostReports(Guest.failed(HostOperation.Kind.BIND_DEVICE, device, 0, sid, ENOMEM));
  }

  private static Guest undone(Guest guest, int sid, IdRegisters before) {
    return guest.meets(new Stimulus.DetachDevice(sid, Optional.of(before))).hostSucceeds();
  }

  /** Without what counts what ever happened: events, and handles, which are never given again. */
  private static VsmmuState still(VsmmuState state) {
    return new VsmmuState(
        state.lifecycle(),
        0,
        0,
        state.origin(),
        state.durability(),
        state.properties(),
        state.vm(),
        state.ids(),
        state.guestStarted(),
        state.registers(),
        state.commandQueue(),
        state.streams(),
        state.devices(),
        state.hostHandles(),
        0,
        state.objects(),
        state.commands(),
        state.observations(),
        new Health(state.health().status(), state.health().reasons(), 0),
        state.vmm(),
        state.memory());
  }

  @Test
  void the_first_device_leaves_nothing_behind() {
    Guest guest = Guest.created();
    VsmmuState before = guest.state();

    undone(refused(guest, SID, NARROWER), SID, before.ids());

    assertThat(still(guest.state())).isEqualTo(still(before));
    assertThat(guest.event(DeviceDetached.class).freedShared()).isEqualTo(1);
  }

  @Test
  void a_device_behind_another_physical_smmu_can_come_instead_and_resolves_the_id_registers() {
    Guest guest = undone(refused(Guest.created(), SID, NARROWER), SID, Guest.IDS);
    IdRegisters others = Guest.IDS.withOasBits(36);
    HostDevice other = new HostDevice("0001:01:00.0", "smmu3.1", 7, others, true);

    guest
        .meets(new Stimulus.AttachDevice(2, other, OnOffAuto.AUTO, others, SteFetch.unknown(2)))
        .hostSucceeds();

    assertThat(guest.state().hostHandles().physicalSmmu()).isEqualTo("smmu3.1");
    assertThat(guest.state().ids()).isEqualTo(others);
    assertThat(guest.state().health()).extracting(Health::status).isEqualTo(Health.Status.OK);
  }

  @Test
  void handles_are_not_given_again() {
    Guest guest = Guest.created();
    refused(guest, SID, Guest.IDS);
    long last = guest.state().nextHandle();

    undone(guest, SID, Guest.IDS).withDevice(SID);

    assertThat(guest.state().hostHandles().first()).isGreaterThanOrEqualTo(last);
  }

  @Test
  void id_registers_that_a_guest_may_have_read_stay() {
    Guest guest = refused(Guest.created(), SID, NARROWER);
    guest.meets(new Stimulus.ConnectVmm(1, 1));

    undone(guest, SID, Guest.IDS);

    assertThat(guest.state().ids()).isEqualTo(NARROWER);
    assertThat(guest.state().hostHandles()).isEqualTo(HostHandles.NONE);
  }

  @Test
  void a_later_device_leaves_what_the_others_share() {
    Guest guest = Guest.created().withDevice(1);
    VsmmuState before = guest.state();

    undone(refused(guest, 2, Guest.IDS), 2, before.ids());

    assertThat(still(guest.state())).isEqualTo(still(before));
    assertThat(guest.event(DeviceDetached.class).freedShared()).isZero();
  }

  @Test
  void what_an_earlier_device_brought_stays_though_that_one_has_gone() {
    Guest guest = Guest.created().withDevice(1);
    guest.meets(new Stimulus.DetachDevice(1)).hostSucceeds();
    HostHandles before = guest.state().hostHandles();

    undone(refused(guest, 1, Guest.IDS), 1, Guest.IDS);

    assertThat(guest.state().hostHandles()).isEqualTo(before);
  }

  @Test
  void a_stream_that_the_guest_configured_is_as_its_ste_has_it() {
    Guest guest = Guest.booted().places(SID, Commands.TRANSLATE);
    guest.meets(guest.attach(SID, Guest.device(SID, 1), OnOffAuto.AUTO));
    long device = guest.event(DeviceAttached.class).deviceHandle();
    guest.hostReports(Guest.failed(HostOperation.Kind.BIND_DEVICE, device, 0, SID, ENOMEM));

    undone(guest, SID, Guest.IDS);

    assertThat(guest.stream(SID))
        .extracting(StreamState::effective, StreamState::hwpt, StreamState::reason)
        .containsExactly(TRANSLATE, 0L, Reason.DEVICE_ATTACHED);
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.OK);
    assertThat(guest.reg(Register.GERROR)).isZero();
  }
}
