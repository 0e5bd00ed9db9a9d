package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QemuRecordingsTest {

  private static final int NIC = 0x900;

  private final Collected found = new Collected();

  @Test
  void the_accelerated_recording_has_one_vsmmu_and_its_640_commands() {
    ImportReport report = found.read(Collected.accel());

    assertThat(report.lines()).isEqualTo(2959);
    // The VMM set its device before any access to the vSMMU: that line is kept as it is.
    assertThat(report.kept()).isEqualTo(1);
    assertThat(report.attributed()).isEqualTo(2958);
    assertThat(report.unattributed()).isZero();
    assertThat(report.warnings())
        .containsExactly(new ImportReport.Warning("kept: smmuv3_accel_set_iommu_device", 1, 15));
    assertThat(report.vsmmus()).hasSize(1);
    ImportReport.VsmmuStatistics vsmmu = report.vsmmus().getFirst();
    assertThat(vsmmu.commands()).isEqualTo(640);
    assertThat(vsmmu.commandsByName())
        .isEqualTo(
            Map.of(
                "CMD_SYNC", 319L,
                "TLBI_NH_VA", 309L,
                "CFGI_STE", 4L,
                "CFGI_CD", 4L,
                "PREFETCH_CONFIG", 2L,
                "CFGI_ALL", 1L,
                "TLBI_NSNH_ALL", 1L));
    assertThat(commands().stream().filter(c -> c.name().equals("CMD_SYNC"))).hasSize(319);
    assertThat(commands()).hasSize(640);
  }

  @Test
  void lines_by_kind_add_up() {
    ImportReport report = found.read(Collected.accel());

    assertThat(report.linesByKind())
        .containsEntry("smmuv3_cmdq_opcode", 640L)
        .containsEntry("iommufd_backend_invalidate_cache", 312L)
        .containsEntry("smmuv3_write_mmio", 340L);
    assertThat(report.linesByKind().values().stream().mapToLong(n -> n).sum()).isEqualTo(2959);
    assertThat(report.bytes()).isEqualTo(Collected.accel().length());
  }

  @Test
  void creation_comes_first_with_the_identity_that_the_guest_read() {
    found.read(Collected.accel());

    Stimulus.Create create = (Stimulus.Create) found.of(0).getFirst();
    assertThat(create.ids())
        .isEqualTo(new IdRegisters(0x0d44101a, 0x02730010, 0, 0x1404, 0, 0x74, 0, 1));
  }

  @Test
  void host_calls_before_the_first_access_come_right_after_creation() {
    found.read(Collected.accel());

    List<Stimulus> before =
        found.of(0).stream().takeWhile(s -> !(s instanceof Stimulus.ObserveReads)).toList();
    List<RecordedHostCall> calls =
        before.stream()
            .filter(Stimulus.ObserveHostCalls.class::isInstance)
            .flatMap(s -> ((Stimulus.ObserveHostCalls) s).calls().stream())
            .toList();
    assertThat(before.stream().skip(1))
        .allMatch(s -> s instanceof Stimulus.ObserveHostCalls || s instanceof Stimulus.KeepLines);
    assertThat(calls)
        .extracting(RecordedHostCall::name)
        .startsWith("iommufd_cdev_getfd", "iommufd_backend_connect")
        .contains("iommufd_backend_alloc_viommu");
    assertThat(calls).filteredOn(c -> c.result() != 0).hasSize(6);
  }

  @Test
  void every_host_call_is_kept_and_312_of_them_are_invalidations_of_one_entry() {
    found.read(Collected.accel());

    List<RecordedHostCall> calls =
        found.of(0, Stimulus.ObserveHostCalls.class).flatMap(c -> c.calls().stream()).toList();
    assertThat(calls).hasSize(342);
    assertThat(calls)
        .filteredOn(c -> c.name().equals("iommufd_backend_invalidate_cache"))
        .hasSize(312)
        .allMatch(c -> c.entries() == 1 && c.result() == 0);
    assertThat(calls).extracting(RecordedHostCall::line).isSorted();
  }

  @Test
  void the_host_device_is_attached_before_the_access_that_told_its_stream_id() {
    found.read(Collected.accel());

    List<Stimulus> all = found.of(0);
    Stimulus.AttachDevice attach =
        found.of(0, Stimulus.AttachDevice.class).findFirst().orElseThrow();
    assertThat(attach.streamId()).isEqualTo(NIC);
    assertThat(attach.device().address()).isEqualTo("0000:00:03.0");
    assertThat(attach.device().physicalSmmu()).isEqualTo("recorded");
    assertThat(found.of(0, Stimulus.AttachDevice.class)).hasSize(1);
    Stimulus.ConsumeCommands next = (Stimulus.ConsumeCommands) all.get(all.indexOf(attach) + 1);
    assertThat(next.entries())
        .extracting(CommandEntry::name)
        .containsExactly("CFGI_ALL", "CMD_SYNC");
    assertThat(next.prod()).isEqualTo(2);
  }

  @Test
  void the_nic_goes_from_bypass_to_translate_with_the_words_the_host_got() {
    found.read(Collected.accel());

    List<SteFetch> fetches =
        found
            .of(0, Stimulus.ConsumeCommands.class)
            .flatMap(c -> c.fetches().stream())
            .filter(r -> r.streamId() == NIC)
            .toList();
    assertThat(fetches)
        .containsExactly(
            read(0x9, 0, Completeness.CONFIGURATION_ONLY),
            read(0x9, 0, Completeness.CONFIGURATION_ONLY),
            read(0x406e500bL, 0xd6, Completeness.HOST_WORDS));
  }

  @Test
  void a_stream_without_host_device_has_readings_that_tell_nothing() {
    found.read(Collected.accel());

    assertThat(
            found
                .of(0, Stimulus.ConsumeCommands.class)
                .flatMap(c -> c.fetches().stream())
                .filter(r -> r.streamId() == 0x800))
        .containsExactly(SteFetch.unknown(0x800), SteFetch.unknown(0x800));
  }

  @Test
  void a_tlb_invalidation_is_reconstructed_with_the_fields_the_trace_tells() {
    found.read(Collected.accel());

    List<Stimulus.ConsumeCommands> all = found.of(0, Stimulus.ConsumeCommands.class).toList();
    Stimulus.ConsumeCommands last = all.getLast();
    TlbInvalidation two = tlbi(last);
    // num_pages=0x2: Linux takes SCALE=1, NUM=0.
    assertThat(two.encode().decoded())
        .containsEntry("ASID", 2L)
        .containsEntry("TG", 1L)
        .containsEntry("TTL", 3L)
        .containsEntry("Leaf", 1L)
        .containsEntry("SCALE", 1L)
        .containsEntry("NUM", 0L);
    assertThat(last.entries().getFirst().word1() & ~0xfffL).isEqualTo(0xffffc000L);
    CommandEntry known = last.known().getFirst();
    assertThat(known.word0() & 0xff).isEqualTo(0xff);
    assertThat(CommandFields.ASID.get(known.word0())).isEqualTo(0xffff);
    assertThat(CommandFields.VMID.get(known.word0())).isZero();
  }

  @Test
  void every_entry_has_a_mask_that_covers_its_bits() {
    found.read(Collected.accel());

    found
        .of(0, Stimulus.ConsumeCommands.class)
        .forEach(
            c -> {
              assertThat(c.known()).hasSameSizeAs(c.entries());
              for (int i = 0; i < c.entries().size(); i++) {
                assertThat(c.entries().get(i).word0() & ~c.known().get(i).word0()).isZero();
                assertThat(c.entries().get(i).word1() & ~c.known().get(i).word1()).isZero();
              }
            });
  }

  @Test
  void a_write_of_cr0_comes_as_register_write() {
    found.read(Collected.accel());

    assertThat(found.of(0, Stimulus.WriteRegister.class).filter(w -> w.offset() == 0x20))
        .extracting(Stimulus.WriteRegister::value)
        .containsExactly(0x0L, 0x8L, 0xcL, 0xdL, 0x0L);
    assertThat(found.of(0).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
  }

  @Test
  void every_register_read_is_kept_in_order() {
    found.read(Collected.accel());

    List<RegisterRead> reads = new ArrayList<>();
    found.of(0, Stimulus.ObserveReads.class).forEach(r -> reads.addAll(r.reads()));
    assertThat(reads).hasSize(332);
    assertThat(reads.getFirst()).isEqualTo(new RegisterRead(0, 4, 0xd44101a));
    assertThat(reads.getLast()).isEqualTo(new RegisterRead(0x24, 4, 0));
  }

  @Test
  void a_translation_by_the_vmm_itself_is_observed() {
    found.read(Collected.accel());

    assertThat(found.of(0, Stimulus.ObserveTranslation.class))
        .containsExactly(new Stimulus.ObserveTranslation(0x800, 1, 0xfffff040L, 0x8090040L));
  }

  @Test
  void the_emulated_recording_imports_too() {
    ImportReport report = found.read(Collected.emulated());

    assertThat(report.lines()).isEqualTo(218);
    // Four smmu_add_mr lines and the reset at the machine's start precede any access.
    assertThat(report.kept()).isEqualTo(5);
    assertThat(report.attributed()).isEqualTo(213);
    assertThat(report.vsmmus().getFirst().commandsByName())
        .isEqualTo(
            Map.of(
                "CMD_SYNC", 18L,
                "CFGI_CD", 8L,
                "CFGI_STE", 8L,
                "PREFETCH_CONFIG", 4L,
                "CFGI_ALL", 1L,
                "TLBI_NSNH_ALL", 1L));
    assertThat(found.of(0, Stimulus.Reset.class)).isEmpty();
    assertThat(found.of(0, Stimulus.AttachDevice.class)).isEmpty();
    assertThat(found.of(0, Stimulus.KeepLines.class))
        .first()
        .satisfies(k -> assertThat(k.firstLine()).isEqualTo(1));
  }

  private static SteFetch read(long word0, long word1, Completeness completeness) {
    return new SteFetch(
        NIC, SteFetch.Outcome.READ, StreamTableEntry.ofTwoWords(word0, word1), completeness);
  }

  private static TlbInvalidation tlbi(Stimulus.ConsumeCommands slice) {
    assertThat(slice.entries().getFirst().command()).contains(CommandOpcode.TLBI_NH_VA);
    return (TlbInvalidation) SmmuCommand.decode(slice.entries().getFirst());
  }

  private List<CommandEntry> commands() {
    return found.of(0, Stimulus.ConsumeCommands.class).flatMap(c -> c.entries().stream()).toList();
  }
}
