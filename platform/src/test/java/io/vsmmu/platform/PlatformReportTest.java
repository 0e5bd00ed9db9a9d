package io.vsmmu.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformReportTest {

  /** QEMU's virt machine has its ITS at 0x8080000 and its GICv2m frame at 0x8020000. */
  @Test
  void the_doorbell_is_a_register_of_the_controller() {
    assertThat(new MsiController.Its(0x808_0000).doorbell()).isEqualTo(0x809_0040);
    assertThat(new MsiController.Gicv2m(0x802_0000).doorbell()).isEqualTo(0x802_0040);
  }

  @Test
  void an_accelerated_vsmmu_needs_the_window_the_dsm_and_acpi() {
    PlatformReport report =
        BuildResults.made(PlatformReport.of(new MsiController.Its(0x808_0000), true));

    assertThat(report.msiController()).isEqualTo("its");
    assertThat(report.msiDoorbell()).isEqualTo(0x809_0040);
    assertThat(report.reservedWindow()).contains(new GpaRange(0x800_0000, 0x10_0000));
    assertThat(report.preserveBootConfiguration()).isTrue();
    assertThat(report.acpiRequired()).isTrue();
    assertThat(report.notes()).hasSize(3);
  }

  @Test
  void without_a_host_that_translates_nothing_is_reserved() {
    PlatformReport report =
        BuildResults.made(PlatformReport.of(new MsiController.Gicv2m(0x802_0000), false));

    assertThat(report.msiController()).isEqualTo("gicv2m");
    assertThat(report.reservedWindow()).isEmpty();
    assertThat(report.preserveBootConfiguration()).isFalse();
    assertThat(report.acpiRequired()).isFalse();
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void a_frame_that_is_not_aligned_or_wraps_is_refused() {
    Problem unaligned =
        BuildResults.reason(PlatformReport.of(new MsiController.Its(0x808_1000), true));
    assertThat(unaligned.message())
        .isEqualTo(
            "its.base is 0x8081000, but must be a multiple of 0x10000: give the address of the"
                + " controller's register frame");
    assertThat(
            BuildResults.reason(PlatformReport.of(new MsiController.Its(-0x1_0000L), true)).field())
        .isEqualTo("its.base");
  }

  @ParameterizedTest
  @CsvSource({"0,1,true", "1,1,true", "1,-2,true", "1,-1,true", "2,-1,false", "0,0,false"})
  void a_range_does_not_wrap(long base, long bytes, boolean fits) {
    if (fits) {
      assertThat(new GpaRange(base, bytes).last()).isEqualTo(base + bytes - 1);
    } else {
      assertThatThrownBy(() -> new GpaRange(base, bytes))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void ranges_overlap_when_they_share_a_byte() {
    GpaRange window = GpaRange.MSI_WINDOW;

    assertThat(window.overlaps(new GpaRange(0x80F_FFFF, 1))).isTrue();
    assertThat(window.overlaps(new GpaRange(0x810_0000, 1))).isFalse();
    assertThat(window.overlaps(new GpaRange(0x7FF_FFFF, 1))).isFalse();
    assertThat(window.overlaps(new GpaRange(0, -1))).isTrue();
  }

  @Test
  void a_refusal_has_a_reason() {
    assertThatThrownBy(() -> new BuildResult.Refused<String>(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void no_more_reasons_than_the_limit_are_kept() {
    Refusals refusals = new Refusals();
    for (int i = 0; i < 2 * PlatformLimits.REASONS; i++) {
      refusals.inRange("field", i, -2, -1, "remedy");
    }

    assertThat(BuildResults.refused(refusals.orBuild(() -> "made")))
        .hasSize(PlatformLimits.REASONS);
  }
}
