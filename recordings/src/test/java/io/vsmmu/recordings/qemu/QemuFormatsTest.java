package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The formats in the versions of hw/arm/trace-events since QEMU has an SMMUv3: StreamIDs in decimal
 * or hexadecimal, invalidations by address under four names, tags with and without a space before
 * the equals sign. The formats of all other lines of guest accesses have not changed.
 */
class QemuFormatsTest {

  /** The lines that a version prints for the same three commands and a translation. */
  private enum Form {
    /** Until 5.1: a line for each page, without the granule. */
    PAGES(
        "smmuv3_cmdq_cfgi_ste streamid =16",
        "smmuv3_cmdq_cfgi_cd streamid = 16",
        "smmuv3_cmdq_tlbi_nh_va vmid =0 asid =3 addr=0xfff1b000 leaf=1",
        "smmuv3_config_cache_hit Config cache HIT for sid 16 (hits=1, misses=2, hit rate=33)",
        "smmuv3_translate_success smmuv3-iommu-memory-region-16-2 sid=16 iova=0xfffff040"
            + " translated=0x8090040 perm=0x3"),
    /** 5.2: ranges. */
    RANGES(
        "smmuv3_cmdq_cfgi_ste streamid =16",
        "smmuv3_cmdq_cfgi_cd streamid = 16",
        "smmuv3_s1_range_inval vmid =0 asid =3 addr=0xfff1b000 tg=1 num_pages=0x1 ttl=3 leaf=1",
        "smmuv3_config_cache_hit Config cache HIT for sid 16 (hits=1, misses=2, hit rate=33)",
        "smmuv3_translate_success smmuv3-iommu-memory-region-16-2 sid=16 iova=0xfffff040"
            + " translated=0x8090040 perm=0x3"),
    /** 6 and 7: StreamIDs in hexadecimal. */
    HEXADECIMAL(
        "smmuv3_cmdq_cfgi_ste streamid= 0x10",
        "smmuv3_cmdq_cfgi_cd sid=0x10",
        "smmuv3_s1_range_inval vmid=0 asid=3 addr=0xfff1b000 tg=1 num_pages=0x1 ttl=3 leaf=1",
        "smmuv3_config_cache_hit Config cache HIT for sid=0x10 (hits=1, misses=2, hit rate=33)",
        "smmuv3_translate_success smmuv3-iommu-memory-region-16-2 sid=0x10 iova=0xfffff040"
            + " translated=0x8090040 perm=0x3"),
    /** 8: stage 2. */
    STAGE_2(
        "smmuv3_cmdq_cfgi_ste streamid= 0x10",
        "smmuv3_cmdq_cfgi_cd sid=0x10",
        "smmuv3_range_inval vmid=0 asid=3 addr=0xfff1b000 tg=1 num_pages=0x1 ttl=3 leaf=1",
        "smmuv3_config_cache_hit Config cache HIT for sid=0x10 (hits=1, misses=2, hit rate=33)",
        "smmuv3_translate_success smmuv3-iommu-memory-region-16-2 sid=0x10 iova=0xfffff040"
            + " translated=0x8090040 perm=0x3"),
    /** 9 and later: both stages. */
    NESTED(
        "smmuv3_cmdq_cfgi_ste streamid= 0x10",
        "smmuv3_cmdq_cfgi_cd sid=0x10",
        "smmuv3_range_inval vmid=0 asid=3 addr=0xfff1b000 tg=1 num_pages=0x1 ttl=3 leaf=1 stage=1",
        "smmuv3_config_cache_hit Config cache HIT for sid=0x10 (hits=1, misses=2, hit rate=33)",
        "smmuv3_translate_success smmuv3-iommu-memory-region-16-2 sid=0x10 iova=0xfffff040"
            + " translated=0x8090040 perm=0x3 stage=1");

    private final String ste;
    private final String cd;
    private final String address;
    private final String cache;
    private final String translation;

    Form(String ste, String cd, String address, String cache, String translation) {
      this.ste = ste;
      this.cd = cd;
      this.address = address;
      this.cache = cache;
      this.translation = translation;
    }

    private String recording() {
      return """
      smmuv3_read_mmio addr: 0x0 val:0xd44101b size: 0x4(0)
      smmuv3_write_mmio addr: 0x90 val:0x4000000045000008 size: 0x8(0)
      smmuv3_write_mmio addr: 0x98 val:0x0 size: 0x4(0)
      smmuv3_write_mmio addr: 0x9c val:0x0 size: 0x4(0)
      smmuv3_cmdq_consume_out prod:0, cons:0, prod_wrap:0, cons_wrap:0\s
      smmuv3_write_mmio addr: 0x20 val:0xd size: 0x4(0)
      smmuv3_cmdq_consume prod=4 cons=0 prod.wrap=0 cons.wrap=0
      smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_STE
      %s
      smmuv3_cmdq_consume prod=4 cons=1 prod.wrap=0 cons.wrap=0
      smmuv3_cmdq_opcode <--- SMMU_CMD_CFGI_CD
      %s
      smmuv3_cmdq_consume prod=4 cons=2 prod.wrap=0 cons.wrap=0
      smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NH_VA
      %s
      smmuv3_cmdq_consume prod=4 cons=3 prod.wrap=0 cons.wrap=0
      smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC
      smmuv3_cmdq_consume_out prod:4, cons:4, prod_wrap:0, cons_wrap:0\s
      smmuv3_write_mmio addr: 0x98 val:0x4 size: 0x4(0)
      %s
      %s
      """
          .formatted(ste, cd, address, cache, translation);
    }
  }

  private final Collected found = new Collected();

  @ParameterizedTest
  @EnumSource(Form.class)
  void every_form_tells_the_same_commands(Form form) {
    ImportReport report = found.read(form.recording());

    List<CommandEntry> commands =
        found.of(0, Stimulus.ConsumeCommands.class).flatMap(c -> c.entries().stream()).toList();
    assertThat(commands)
        .extracting(CommandEntry::name)
        .containsExactly("CFGI_STE", "CFGI_CD", "TLBI_NH_VA", "CMD_SYNC");
    assertThat(CommandFields.STREAM_ID.get(commands.get(0).word0())).isEqualTo(0x10);
    assertThat(CommandFields.STREAM_ID.get(commands.get(1).word0())).isEqualTo(0x10);
    assertThat(CommandFields.ASID.get(commands.get(2).word0())).isEqualTo(3);
    assertThat(CommandFields.ADDRESS1.inPlace(commands.get(2).word1())).isEqualTo(0xfff1_b000L);
    assertThat(found.of(0, Stimulus.ObserveTranslation.class))
        .extracting(Stimulus.ObserveTranslation::streamId)
        .containsExactly(0x10);
    assertThat(report.unattributed()).isZero();
    assertThat(report.warnings()).isEmpty();
    assertThat(found.of(0).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
  }
}
