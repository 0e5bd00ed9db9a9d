package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.model.HostObject.Kind;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which devices may come behind a vSMMU, and what a refusal says. */
class DeviceAdmissionTest {

  private static Stimulus.AttachDevice attach(Guest guest, int sid) {
    return guest.attach(sid, Guest.device(sid & 0xff, 1), OnOffAuto.AUTO);
  }

  @Test
  void the_first_device_brings_the_shared_objects_and_later_ones_do_not() {
    Guest guest = Guest.created().meets(attach(Guest.created(), 1));
    DeviceAttached first = guest.event(DeviceAttached.class);
    assertThat(first.firstHandle()).isEqualTo(1);
    assertThat(guest.state().objects().values())
        .extracting(HostObject::kind)
        .containsExactly(
            Kind.IOAS,
            Kind.NESTING_PARENT,
            Kind.VIOMMU,
            Kind.ABORT_PROXY,
            Kind.BYPASS_PROXY,
            Kind.VEVENTQ,
            Kind.DEVICE,
            Kind.VDEVICE);

    guest.withDevice(2);
    assertThat(guest.event(DeviceAttached.class).firstHandle()).isZero();
    assertThat(guest.state().objects()).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0x10000, 0x7fffffff, Integer.MIN_VALUE})
  void a_stream_id_beyond_sidsize_is_refused(int sid) {
    Problem refused = Guest.created().isRefused(attach(Guest.created(), sid));

    assertThat(refused.field()).isEqualTo("sid");
    assertThat(refused.given()).isEqualTo("0x" + Integer.toHexString(sid));
    assertThat(refused.allowed()).contains("0xffff", "SIDSIZE");
  }

  @Test
  void a_stream_id_that_is_taken_is_refused() {
    Guest guest = Guest.created().withDevice(1);

    Problem refused = guest.isRefused(guest.attach(1, Guest.device(9, 9), OnOffAuto.AUTO));

    assertThat(refused).extracting("field", "given").containsExactly("sid", "0x1");
  }

  @Test
  void a_device_that_is_there_already_is_refused() {
    Guest guest = Guest.created().withDevice(1);

    Problem refused = guest.isRefused(guest.attach(2, Guest.device(1, 1001), OnOffAuto.AUTO));

    assertThat(refused).extracting("field", "given").containsExactly("hostDevice", "0000:01:00.0");
  }

  @Test
  void a_device_behind_another_physical_smmu_is_refused_even_when_the_first_has_gone() {
    Guest guest = Guest.created().withDevice(1);
    HostDevice other = new HostDevice("0000:02:00.0", "smmu3.1", 2, Guest.IDS, true);

    assertThat(guest.isRefused(guest.attach(2, other, OnOffAuto.AUTO)).allowed())
        .contains("smmu3.0", "one vSMMU per physical SMMU");

    guest.meets(new Stimulus.DetachDevice(1));
    assertThat(guest.isRefused(guest.attach(2, other, OnOffAuto.AUTO)).given()).contains("smmu3.1");
  }

  @Test
  void ats_on_without_ats_is_refused() {
    Guest guest = Guest.created();
    HostDevice plain = new HostDevice("0000:01:00.0", "smmu3.0", 1, Guest.IDS, false);

    Problem refused = guest.isRefused(guest.attach(1, plain, OnOffAuto.ON));

    assertThat(refused).extracting("field", "given").containsExactly("ats", "on");
  }

  @ParameterizedTest
  @CsvSource({"ON, true, true", "AUTO, true, true", "AUTO, false, false", "OFF, true, false"})
  void ats_of_a_device_is_what_was_asked_for_and_it_has(
      OnOffAuto asked, boolean has, boolean enabled) {
    Guest guest = Guest.created();

    guest.meets(
        guest.attach(1, new HostDevice("0000:01:00.0", "smmu3.0", 1, Guest.IDS, has), asked));

    assertThat(guest.event(DeviceAttached.class).atsEnabled()).isEqualTo(enabled);
  }

  @Test
  void the_first_device_resolves_the_id_registers_and_a_later_one_cannot_change_them() {
    IdRegisters resolved = Guest.IDS.withOasBits(40);
    Guest guest = Guest.created();
    SteFetch none = SteFetch.unknown(1);

    guest.meets(new Stimulus.AttachDevice(1, Guest.device(1, 1), OnOffAuto.AUTO, resolved, none));

    assertThat(guest.event(IdentityResolved.class).ids()).isEqualTo(resolved);
    assertThat(guest.reg(Register.IDR5)).isEqualTo(resolved.idr5());
    Problem refused =
        guest.isRefused(
            new Stimulus.AttachDevice(
                2, Guest.device(2, 2), OnOffAuto.AUTO, Guest.IDS, SteFetch.unknown(2)));
    assertThat(refused.allowed()).contains("ID registers");
  }

  @Test
  void id_registers_are_frozen_once_the_guest_has_started() {
    Guest guest = Guest.created().writes(Register.CR0, 0);

    Problem refused =
        guest.isRefused(
            new Stimulus.AttachDevice(
                1,
                Guest.device(1, 1),
                OnOffAuto.AUTO,
                Guest.IDS.withAts(false),
                SteFetch.unknown(1)));

    assertThat(refused.field()).isEqualTo("hostDevice");
  }

  @Test
  void a_reading_of_another_stream_is_refused() {
    Guest guest = Guest.booted();

    Problem refused =
        guest.isRefused(
            new Stimulus.AttachDevice(
                1, Guest.device(1, 1), OnOffAuto.AUTO, Guest.IDS, SteFetch.unknown(2)));

    assertThat(refused).extracting("field", "given").containsExactly("reading", "0x2");
  }

  @Test
  void a_device_that_comes_later_follows_its_ste() {
    Guest guest = Guest.booted().places(1, Commands.TRANSLATE);

    guest.withDevice(1);

    assertThat(guest.stream(1).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.state().objects()).containsKey(guest.stream(1).hwpt());
  }

  @Test
  void detaching_frees_device_vdevice_and_nested_hwpt() {
    Guest guest = Guest.booted().withDevice(1).installs(1, Commands.TRANSLATE);

    guest.meets(new Stimulus.DetachDevice(1));

    assertThat(guest.state().objects()).hasSize(HostHandles.COUNT);
    assertThat(guest.state().devices()).isEmpty();
    assertThat(guest.stream(1).hwpt()).isZero();
    assertThat(guest.isRefused(new Stimulus.DetachDevice(1)).field()).isEqualTo("sid");
  }

  @Test
  void a_vsmmu_has_a_bounded_number_of_devices() {
    Guest guest = Guest.created();
    for (int sid = 0; sid < Limits.DEVICES; sid++) {
      guest.withDevice(sid);
    }

    HostDevice more = new HostDevice("0001:00:00.0", "smmu3.0", 1, Guest.IDS, true);
    assertThat(guest.isRefused(guest.attach(0x200, more, OnOffAuto.AUTO)).allowed())
        .contains("256");
  }
}
