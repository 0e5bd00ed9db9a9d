package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.posix.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

/** vEVENTQs: drivers/iommu/iommufd/eventq.c, driver.c. */
public interface VeventRules extends HostUnderTest {

  long F_TRANSLATION = 0x10;
  long C_BAD_STE = 0x04;

  private HostResult<Integer> veventq(Guest guest, int depth) {
    return context().allocVeventq(guest.viommu(), IommuContext.VEVENTQ_TYPE_ARM_SMMUV3, depth);
  }

  private int listening(Guest guest, int depth) {
    int veventq = veventq(guest, depth).value();
    contextTables(guest, CONTEXT_POINTER);
    assertOk(context().attach(guest.dev(), nested(guest, STE_TRANSLATE)));
    return veventq;
  }

  @Test
  default void viommu_has_one_veventq_of_a_type() {
    Guest guest = guest();
    assertOk(veventq(guest, 4));
    assertRefused(veventq(guest, 4), Errno.EEXIST);
  }

  @Test
  default void veventq_needs_a_depth() {
    assertRefused(veventq(guest(), 0), Errno.EINVAL);
  }

  @Test
  default void veventq_needs_a_type() {
    assertRefused(context().allocVeventq(guest().viommu(), 0, 4), Errno.EOPNOTSUPP);
  }

  @Test
  default void veventq_of_an_unknown_type_is_allowed_beside_one_of_type_arm_smmuv3() {
    Guest guest = guest();
    assertOk(veventq(guest, 4));
    int silent = context().allocVeventq(guest.viommu(), 77, 4).value();
    assertRefused(context().allocVeventq(guest.viommu(), 77, 4), Errno.EEXIST);
    assertThat(context().pollVevents(silent, 0).value()).isFalse();
  }

  @Test
  default void veventq_needs_a_viommu() {
    Guest guest = guest();
    assertRefused(context().allocVeventq(guest.s2(), 1, 4), Errno.ENOENT);
  }

  @Test
  default void open_veventq_cannot_be_destroyed() {
    Guest guest = guest();
    int veventq = veventq(guest, 4).value();
    assertRefused(context().destroy(veventq), Errno.EBUSY);
    assertRefused(context().destroy(guest.viommu()), Errno.EBUSY);
    assertOk(context().closeVeventq(veventq));
    assertRefused(context().readVevents(veventq, 1), Errno.EBADF);
    assertOk(context().destroy(veventq));
    assertOk(veventq(guest, 4));
  }

  @Test
  default void silent_veventq_reads_empty() {
    int veventq = veventq(guest(), 4).value();
    assertThat(context().pollVevents(veventq, 1).value()).isFalse();
    assertThat(context().readVevents(veventq, 16).value()).isEmpty();
  }

  @Test
  default void reading_needs_a_veventq() {
    Guest guest = guest();
    assertRefused(context().readVevents(guest.viommu(), 1), Errno.ENOENT);
    assertRefused(context().pollVevents(guest.viommu(), 0), Errno.ENOENT);
    assertRefused(context().closeVeventq(guest.viommu()), Errno.ENOENT);
  }

  @Test
  default void fault_carries_the_vsid() {
    Guest guest = guestWithVdevice();
    int veventq = listening(guest, 4);
    assumeTrue(cause(device(), F_TRANSLATION));
    assertThat(context().pollVevents(veventq, 1000).value()).isTrue();
    List<Vevent> events = context().readVevents(veventq, 16).value();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst())
        .isInstanceOfSatisfying(
            Vevent.Fault.class,
            fault -> {
              assertThat(fault.sequence()).isZero();
              assertThat(fault.word0() & 0xFF).isEqualTo(F_TRANSLATION);
              assertThat(fault.word0() >>> 32).isEqualTo(VSID);
            });
  }

  @Test
  default void vsid_0_is_a_vsid_like_any_other() {
    Guest guest = guest();
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), 0));
    int veventq = listening(guest, 4);
    assertThat(invalidate(guest, CFGI_CD_ALL, 0).isComplete()).isTrue();
    assertRefusedEntry(guest, CFGI_CD_ALL | SID_FIELD);
    assumeTrue(cause(device(), F_TRANSLATION));
    assertThat(context().pollVevents(veventq, 1000).value()).isTrue();
    assertThat(context().readVevents(veventq, 16).value())
        .singleElement()
        .isInstanceOfSatisfying(
            Vevent.Fault.class,
            fault -> {
              assertThat(fault.word0() & 0xFF).isEqualTo(F_TRANSLATION);
              assertThat(fault.word0() >>> 32).isZero();
            });
  }

  private void assertRefusedEntry(Guest guest, long word0) {
    assertThat(invalidate(guest, word0, 0).errno()).contains(Errno.EIO);
  }

  @Test
  default void abort_and_invalid_vstes_report_nothing() {
    Guest guest = guestWithVdevice();
    int veventq = veventq(guest, 4).value();
    for (long ste : new long[] {STE_ABORT, 0}) {
      assertOk(context().attach(guest.dev(), nested(guest, ste)));
      cause(device(), C_BAD_STE);
      assertThat(context().pollVevents(veventq, 1).value()).isFalse();
    }
  }

  @Test
  default void vste_that_the_smmu_finds_illegal_reports_c_bad_ste() {
    Guest guest = guestWithVdevice();
    int veventq = veventq(guest, 4).value();
    int[] idr = context().hwInfo(guest.dev()).value().ids().idr();
    boolean stalls = IdMask.STALL_MODEL.get(idr) == 0;
    assumeTrue(!stalls || IdMask.SSIDSIZE.get(idr) > 0, "every vSTE is legal there");
    long mostCds = 31L << 59;
    assertOk(
        context()
            .attach(
                guest.dev(),
                stalls
                    ? nested(guest, STE_TRANSLATE | mostCds)
                    : nested(guest, STE_TRANSLATE, 1L << 27).value()));
    assumeTrue(cause(device(), C_BAD_STE));
    assertThat(context().pollVevents(veventq, 1000).value()).isTrue();
    assertThat(context().readVevents(veventq, 16).value())
        .first()
        .isInstanceOfSatisfying(
            Vevent.Fault.class,
            fault -> {
              assertThat(fault.word0() & 0xFF).isEqualTo(C_BAD_STE);
              assertThat(fault.word0() >>> 32).isEqualTo(VSID);
            });
  }

  @Test
  default void overflow_ends_with_a_header_that_says_so() {
    Guest guest = guestWithVdevice();
    int veventq = listening(guest, 2);
    for (int i = 0; i < 5; i++) {
      assumeTrue(cause(device(), F_TRANSLATION));
    }
    List<Vevent> events = context().readVevents(veventq, 16).value();
    assertThat(events).extracting(Vevent::sequence).containsExactly(0, 1, 4);
    assertThat(events.getLast()).isEqualTo(new Vevent.LostEvents(4));
  }

  @Test
  default void loss_before_a_later_event_shows_as_a_gap() {
    Guest guest = guestWithVdevice();
    int veventq = listening(guest, 1);
    assumeTrue(cause(device(), F_TRANSLATION));
    assumeTrue(cause(device(), F_TRANSLATION));
    assertThat(context().readVevents(veventq, 1).value()).hasSize(1);
    assumeTrue(cause(device(), F_TRANSLATION));
    List<Vevent> events = context().readVevents(veventq, 16).value();
    assertThat(events).singleElement().isInstanceOf(Vevent.Fault.class);
    assertThat(events.getFirst().sequence()).isEqualTo(2);
  }
}
