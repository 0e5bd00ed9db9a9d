package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceAccessTest {

  private static final String BOOT =
      """
      smmuv3_read_mmio addr: 0x0 val:0xd44101a size: 0x4(0)
      smmuv3_read_mmio addr: 0x4 val:0x2730010 size: 0x4(0)
      smmuv3_read_mmio addr: 0x20 val:0x0 size: 0x4(0)
      smmuv3_write_mmio addr: 0x90 val:0x4000000040800012 size: 0x8(0)
      smmuv3_write_mmio addr: 0x98 val:0x0 size: 0x4(0)
      smmuv3_write_mmio addr: 0x9c val:0x0 size: 0x4(0)
      smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:0, cons_wrap:0\s
      smmuv3_write_mmio addr: 0x20 val:0xd size: 0x4(0)
      """;

  private final Collected found = new Collected();

  private static String command(int prod, int cons, String opcode) {
    return "smmuv3_cmdq_consume prod=%d cons=%d prod.wrap=0 cons.wrap=0\nsmmuv3_cmdq_opcode <--- %s\n"
        .formatted(prod, cons, opcode);
  }

  private static String end(int prod, int cons) {
    return "smmuv3_cmdq_consume_out prod:%d, cons:%d, prod_wrap:0, cons_wrap:0 \n"
        .formatted(prod, cons);
  }

  private static String write(int offset, long value) {
    return "smmuv3_write_mmio addr: 0x%x val:0x%x size: 0x4(0)\n".formatted(offset, value);
  }

  /** QEMU clears bit 16 of an offset before it prints it. */
  @ParameterizedTest
  @EnumSource(names = {"EVENTQ_PROD", "EVENTQ_CONS", "PRIQ_PROD", "PRIQ_CONS"})
  void an_access_of_page_1_is_one_of_its_register_though_it_is_printed_as_one_of_page_0(
      Register register) {
    int printed = register.offset() - 0x10000;
    found.read(
        BOOT.replace("smmuv3_cmdq_consume_out", write(printed, 5) + "smmuv3_cmdq_consume_out")
            + "smmuv3_read_mmio addr: 0x%x val:0x5 size: 0x4(0)\n".formatted(printed)
            + write(0x60, 0));

    assertThat(found.of(0, Stimulus.WriteRegister.class))
        .contains(new Stimulus.WriteRegister(register.offset(), 4, 5, List.of()))
        .noneMatch(write -> write.offset() == printed);
    assertThat(found.of(0, Stimulus.ObserveReads.class).flatMap(reads -> reads.reads().stream()))
        .contains(new RegisterRead(register.offset(), 4, 5));
  }

  private Stimulus.ConsumeCommands only() {
    List<Stimulus.ConsumeCommands> all = found.of(0, Stimulus.ConsumeCommands.class).toList();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void a_write_that_enables_the_queue_comes_before_the_commands_it_consumed() {
    String enabled =
        BOOT.replace(
            "smmuv3_cmdq_consume_out prod:0, cons:0",
            command(1, 0, "SMMU_CMD_SYNC") + "smmuv3_cmdq_consume_out prod:1, cons:1");
    found.read(enabled.replace("addr: 0x98 val:0x0", "addr: 0x98 val:0x1"));

    List<Stimulus> all = found.of(0);
    int write = all.indexOf(new Stimulus.WriteRegister(0x20, 4, 0xd, List.of()));
    assertThat(all.get(write + 1)).isEqualTo(only());
    assertThat(only().prod()).isEqualTo(1);
  }

  @Test
  void a_write_of_prod_without_consumption_is_a_register_write() {
    found.read(BOOT + end(0, 0) + write(0x98, 0));

    assertThat(found.of(0, Stimulus.ConsumeCommands.class)).isEmpty();
    assertThat(found.of(0, Stimulus.WriteRegister.class).filter(w -> w.offset() == 0x98))
        .hasSize(2);
  }

  @Test
  void a_command_error_ends_the_slice_with_the_failing_entry_and_an_acknowledgement_resumes() {
    ImportReport report =
        found.read(
            BOOT
                + command(3, 0, "SMMU_CMD_SYNC")
                + command(3, 1, "INVALID")
                + "smmuv3_cmdq_consume_error Error on INVALID command execution: 1\n"
                + end(3, 1)
                + write(0x98, 3)
                + command(3, 1, "SMMU_CMD_SYNC")
                + command(3, 2, "SMMU_CMD_SYNC")
                + end(3, 3)
                + write(0x64, 1));

    List<Stimulus.ConsumeCommands> all = found.of(0, Stimulus.ConsumeCommands.class).toList();
    assertThat(all).hasSize(2);
    assertThat(all.get(0).entries()).hasSize(2);
    assertThat(all.get(0).entries().get(1)).isEqualTo(new CommandEntry(0, 0));
    assertThat(all.get(0).known().get(1)).isEqualTo(new CommandEntry(0, 0));
    assertThat(all.get(1).entries())
        .extracting(CommandEntry::name)
        .containsExactly("CMD_SYNC", "CMD_SYNC");
    List<Stimulus> order = found.of(0);
    assertThat(order.indexOf(new Stimulus.WriteRegister(0x64, 4, 1, List.of())))
        .isEqualTo(order.indexOf(all.get(1)) - 1);
    assertThat(report.unattributed()).isZero();
    assertThat(report.vsmmus().getFirst().commandsByName()).containsEntry("UNNAMED", 1L);
  }

  @Test
  void a_queue_that_cannot_be_read_is_a_fetch_fault() {
    found.read(
        BOOT
            + command(2, 0, "SMMU_CMD_SYNC")
            + "smmuv3_cmdq_consume prod=2 cons=1 prod.wrap=0 cons.wrap=0\n"
            + "smmuv3_cmdq_consume_error Error on SMMU_CMD_SYNC command execution: 2\n"
            + end(2, 1)
            + write(0x98, 2));

    assertThat(only().entries()).hasSize(1);
    assertThat(only().fetchFault()).isTrue();
  }

  @Test
  void pieces_of_one_range_become_one_range() {
    found.read(
        BOOT
            + command(1, 0, "SMMU_CMD_TLBI_NH_VA")
            + range(0x1000, 1)
            + range(0x2000, 2)
            + range(0x4000, 4)
            + end(1, 1)
            + write(0x98, 1));

    CommandEntry entry = only().entries().getFirst();
    assertThat(entry.decoded()).containsEntry("NUM", 6L).containsEntry("SCALE", 0L);
    assertThat(CommandFields.ADDRESS1.inPlace(entry.word1())).isEqualTo(0x1000);
  }

  @Test
  void a_range_of_stream_ids_keeps_the_bits_it_tells() {
    found.read(
        BOOT
            + command(1, 0, "SMMU_CMD_CFGI_STE_RANGE")
            + "smmuv3_cmdq_cfgi_ste_range start=0x900 - end=0x907\n"
            + end(1, 1)
            + write(0x98, 1));

    assertThat(only().entries().getFirst().decoded())
        .containsEntry("Range", 2L)
        .containsEntry("StreamID", 0x900L);
    assertThat(CommandFields.STREAM_ID.get(only().known().getFirst().word0()))
        .isEqualTo(0xffff_fff8L);
  }

  @Test
  void the_tags_of_tlb_invalidations_are_told() {
    found.read(
        BOOT
            + command(2, 0, "SMMU_CMD_TLBI_NH_ASID")
            + "smmuv3_cmdq_tlbi_nh_asid asid=7\n"
            + command(2, 1, "SMMU_CMD_TLBI_NH_ALL")
            + "smmuv3_cmdq_tlbi_nh vmid=-1\n"
            + end(2, 2)
            + write(0x98, 2));

    assertThat(only().entries().get(0).decoded()).containsEntry("ASID", 7L);
    assertThat(only().known().get(1)).isEqualTo(new CommandEntry(0xff, 0));
  }

  @Test
  void a_second_reading_of_a_stream_starts_a_new_slice() {
    found.read(
        BOOT
            + command(2, 0, "SMMU_CMD_CFGI_STE")
            + "smmuv3_cmdq_cfgi_ste streamid= 0x900\n"
            + "smmuv3_accel_install_ste vSID=0x900 ste type=abort hwpt_id=0x5\n"
            + command(2, 1, "SMMU_CMD_CFGI_STE")
            + "smmuv3_cmdq_cfgi_ste streamid= 0x900\n"
            + "smmuv3_accel_install_ste vSID=0x900 ste type=bypass hwpt_id=0x6\n"
            + end(2, 2)
            + write(0x98, 2));

    List<Stimulus.ConsumeCommands> all = found.of(0, Stimulus.ConsumeCommands.class).toList();
    assertThat(all).hasSize(2).allMatch(c -> c.prod() == 2 && c.entries().size() == 1);
    assertThat(all.get(0).fetches().getFirst().ste().word0()).isEqualTo(0x1);
    assertThat(all.get(1).fetches().getFirst().ste().word0()).isEqualTo(0x9);
    assertThat(all.get(1).fetches())
        .extracting(SteFetch::completeness)
        .containsExactly(Completeness.CONFIGURATION_ONLY);
  }

  @Test
  void a_long_access_goes_out_in_slices_of_at_most_4096_entries() {
    int entries = 10_000;
    StringBuilder text = new StringBuilder(BOOT);
    IntStream.range(0, entries).forEach(i -> text.append(command(entries, i, "SMMU_CMD_SYNC")));
    found.read(text + end(entries, entries) + write(0x98, entries));

    List<Stimulus.ConsumeCommands> all = found.of(0, Stimulus.ConsumeCommands.class).toList();
    assertThat(all).extracting(c -> c.entries().size()).containsExactly(4096, 4096, 1808);
    assertThat(all).allMatch(c -> c.prod() == entries);
  }

  @Test
  void the_wrap_bit_of_prod_is_followed_around_the_queue() {
    String small = BOOT.replace("val:0x4000000040800012", "val:0x4000000040800001");
    ImportReport report =
        found.read(
            small
                + command(1, 0, "SMMU_CMD_SYNC")
                + end(1, 1)
                + write(0x98, 1)
                + "smmuv3_cmdq_consume prod=0 cons=1 prod.wrap=1 cons.wrap=0\n"
                + "smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n"
                + "smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:1, cons_wrap:1 \n"
                + write(0x98, 2)
                + "smmuv3_read_mmio addr: 0x9c val:0x2 size: 0x4(0)\n");

    assertThat(report.unattributed()).isZero();
    assertThat(found.of(0, Stimulus.ConsumeCommands.class))
        .extracting(Stimulus.ConsumeCommands::prod)
        .containsExactly(1L, 2L);
  }

  @Test
  void an_opcode_line_that_is_missing_leaves_an_entry_without_effect_and_without_known_bits() {
    found.read(
        BOOT
            + command(2, 0, "SMMU_CMD_TLBI_NSNH_ALL").replaceFirst("(?s)\n.*", "\n")
            + command(2, 1, "SMMU_CMD_SYNC")
            + end(2, 2)
            + write(0x98, 2));

    assertThat(only().entries())
        .extracting(CommandEntry::name)
        .containsExactly("PREFETCH_CONFIG", "CMD_SYNC");
    assertThat(only().known().getFirst()).isEqualTo(new CommandEntry(0, 0));
  }

  @Test
  void host_calls_come_right_after_the_access_that_caused_them() {
    found.read(
        BOOT
            + "iommufd_backend_map_dma  iommufd=16 ioas=2 iova=0x0 size=0x1000 addr=0x1 readonly=0"
            + " (-14)\n"
            + command(1, 0, "SMMU_CMD_TLBI_NSNH_ALL")
            + "iommufd_backend_invalidate_cache  iommufd=16 id=4 data_type=1 entry_len=16"
            + " entry_num=1 done_num=0 data_ptr=0x0 (-5)\n"
            + end(1, 1)
            + write(0x98, 1));

    List<Stimulus> all = found.of(0);
    Stimulus.ObserveHostCalls after = (Stimulus.ObserveHostCalls) all.get(all.indexOf(only()) + 1);
    assertThat(after.calls()).extracting(RecordedHostCall::result).containsExactly(-5);
    Stimulus.ObserveHostCalls before = (Stimulus.ObserveHostCalls) all.get(all.indexOf(only()) - 1);
    assertThat(before.calls()).extracting(RecordedHostCall::result).containsExactly(-14);
  }

  @Test
  void timestamps_before_lines_are_read() {
    String stamped =
        Collected.accel()
            .lines()
            .map(l -> "2026-03-04T05:06:07.123456Z " + l + "\n")
            .reduce("", String::concat);
    ImportReport report = found.read(stamped);

    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(640);
    assertThat(report.linesByKind()).containsEntry("smmuv3_write_mmio", 340L);
    assertThat(found.items)
        .allMatch(i -> Instant.parse("2026-03-04T05:06:07.123456Z").equals(i.time()));
  }

  @Test
  void the_process_prefix_is_read_with_its_time() {
    String stamped =
        Collected.emulated()
            .lines()
            .map(l -> "4711@1700000000.000250:" + l + "\r\n")
            .reduce("", String::concat);
    found.read(stamped);

    assertThat(found.of(0, Stimulus.ConsumeCommands.class).mapToInt(c -> c.entries().size()).sum())
        .isEqualTo(40);
    assertThat(found.items)
        .allMatch(i -> Instant.ofEpochSecond(1_700_000_000, 250_000).equals(i.time()));
  }

  private static String range(long address, int pages) {
    return "smmuv3_range_inval vmid=-1 asid=2 addr=0x%x tg=1 num_pages=0x%x ttl=3 leaf=1 stage=1\n"
        .formatted(address, pages);
  }
}
