package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceLifeTest {

  private static final String RESET = "smmu_reset_exit \n";

  private final Collected found = new Collected();

  @Test
  void a_reset_after_guest_writes_is_one_reset_of_one_continuous_log() {
    String boot = Collected.emulated();
    String again = boot.substring(boot.indexOf(RESET));
    ImportReport report = found.read(boot + again);

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(found.of(0, Stimulus.Create.class)).hasSize(1);
    assertThat(found.of(0, Stimulus.Reset.class))
        .containsExactly(new Stimulus.Reset(Stimulus.ResetSource.VMM));
    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(80);
    assertThat(report.unattributed()).isZero();
  }

  @Test
  void a_second_boot_without_a_reset_line_stays_with_the_same_vsmmu() {
    ImportReport report = found.read(Collected.accel() + bootOf(Collected.accel()));

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(1280);
    assertThat(report.unattributed()).isZero();
    assertThat(found.of(0, Stimulus.AttachDevice.class)).hasSize(1);
  }

  @Test
  void a_crash_kernel_that_probes_an_enabled_smmu_is_the_same_vsmmu() {
    String running =
        Collected.accel()
            .replaceFirst(
                "(?s)smmuv3_write_mmio addr: 0x20 val:0x0 size: 0x4\\(0\\)\n[^\n]*\n$", "");
    String probe =
        bootOf(Collected.accel())
            .replaceFirst("addr: 0x20 val:0x0 size", "addr: 0x20 val:0xd size");
    ImportReport report = found.read(running + probe);

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(found.of(0, Stimulus.Create.class)).hasSize(1);
    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(1280);
  }

  @Test
  void kernel_ids_mean_what_they_were_last_given_to() {
    String text = Collected.accel();
    String replug =
        """
        smmuv3_accel_unset_iommu_device devfn=0x0 (idev devid=0x1)
        iommufd_backend_free_id  iommufd=16 id=7 (0)
        iommufd_backend_free_id  iommufd=16 id=1 (0)
        iommufd_cdev_connect_and_bind  [iommufd=16] Successfully bound device 0000:00:04.0 (fd=18): output devid=1
        """;
    String again =
        """
        smmuv3_cmdq_consume prod=641 cons=640 prod.wrap=0 cons.wrap=0
        smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_STE
        smmuv3_cmdq_cfgi_ste streamid= 0x900
        iommufd_backend_alloc_vdev  iommufd=16 dev_id=1 viommu_id=4 virt_id=0x900 vdev_id=7 (0)
        smmuv3_cmdq_consume_out prod:641, cons:641, prod_wrap:0, cons_wrap:0\s
        smmuv3_write_mmio addr: 0x98 val:0x281 size: 0x4(0)
        """;
    int shutdown = text.lastIndexOf("smmuv3_write_mmio addr: 0x20");
    found.read(text.substring(0, shutdown) + replug + again);

    assertThat(found.of(0, Stimulus.AttachDevice.class))
        .extracting(a -> a.device().address())
        .containsExactly("0000:00:03.0", "0000:00:04.0");
    assertThat(found.of(0, Stimulus.DetachDevice.class))
        .containsExactly(new Stimulus.DetachDevice(0x900));
    List<Stimulus> all = found.of(0);
    assertThat(all.indexOf(new Stimulus.DetachDevice(0x900)))
        .isLessThan(all.lastIndexOf(found.of(0, Stimulus.AttachDevice.class).toList().getLast()));
  }

  @Test
  void a_vdevice_that_the_host_refused_attaches_nothing() {
    found.read(
        Collected.accel().replace("virt_id=0x900 vdev_id=7 (0)", "virt_id=0x900 vdev_id=0 (-95)"));

    assertThat(found.of(0, Stimulus.AttachDevice.class)).isEmpty();
  }

  @Test
  void translations_are_observed_once_per_change_and_counted() {
    String line =
        "smmuv3_translate_success smmuv3-iommu-memory-region-0-1 sid=0x10 iova=0x%x"
            + " translated=0x8000 perm=0x3 stage=%d\n";
    String text = Collected.emulated();
    for (int i = 0; i < 1000; i++) {
      text += line.formatted(i * 4096, i < 900 ? 1 : 2);
    }
    ImportReport report = found.read(text);

    assertThat(found.of(0, Stimulus.ObserveTranslation.class))
        .extracting(Stimulus.ObserveTranslation::stage)
        .containsExactly(1, 2);
    assertThat(report.vsmmus().getFirst().translations()).isEqualTo(1000);
  }

  /** The recording from the guest's first access on. */
  private static String bootOf(String recording) {
    return recording.substring(recording.indexOf("smmuv3_read_mmio"));
  }
}
