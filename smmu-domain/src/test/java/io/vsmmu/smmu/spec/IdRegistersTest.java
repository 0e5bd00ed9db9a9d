package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vsmmu.smmu.spec.IdRegisters.Granule;
import io.vsmmu.smmu.spec.IdRegisters.StallModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdRegistersTest {

  private static final IdRegisters IDS = IdRegisters.DEFAULT;

  @Test
  void the_default_says_what_its_documentation_says() {
    assertThat(IDS.stage1()).isTrue();
    assertThat(IDS.stage2()).isTrue();
    assertThat(IDS.get(IdField.TTF)).isEqualTo(0b10);
    assertThat(IDS.cohacc()).isTrue();
    assertThat(IDS.asid16()).isTrue();
    assertThat(IDS.isSet(IdField.VMID16)).isTrue();
    assertThat(IDS.get(IdField.TTENDIAN)).isEqualTo(0b10);
    assertThat(IDS.stallModel()).isEqualTo(StallModel.TERMINATE_ONLY);
    assertThat(IDS.isSet(IdField.TERM_MODEL)).isTrue();
    assertThat(IDS.twoLevelStreamTable()).isTrue();
    assertThat(
            IDS.btm() || IDS.hyp() || IDS.ats() || IDS.msi() || IDS.isSet(IdField.SEV) || IDS.pri())
        .isFalse();
    assertThat(IDS.cd2l() || IDS.mpam() || IDS.dpt() || IDS.ds()).isFalse();
    assertThat(IDS.attributeTypesOverride() || IDS.attributePermissionsOverride()).isFalse();
    assertThat(IDS.get(IdField.HTTU)).isZero();
    assertThat(IDS.sidSize()).isEqualTo(16);
    assertThat(IDS.ssidSize()).isZero();
    assertThat(IDS.cmdqsLog2()).isEqualTo(19);
    assertThat(IDS.eventqsLog2()).isEqualTo(19);
    assertThat(IDS.priqsLog2()).isZero();
    assertThat(IDS.rangeInvalidation()).isTrue();
    assertThat(IDS.oasBits()).isEqualTo(44);
    assertThat(IDS.granules()).containsExactlyInAnyOrder(Granule.values());
    assertThat(IDS.get(IdField.ARCH_MINOR_REV)).isOne();
    assertThat(IdRegister.IDR3.fields().decode(0x1414))
        .containsEntry("BBML", 2L)
        .containsEntry("XNX", 1L);
  }

  @Test
  void ats_sets_one_bit_and_without_it_pri_is_clear() {
    assertThat(IDS.withAts(true).idr0()).isEqualTo(0x0d44141b);
    assertThat(IDS.withAts(true).with(IdField.PRI, 1).idr0()).isEqualTo(0x0d45141b);
    assertThat(IDS.withAts(true).with(IdField.PRI, 1).withAts(false)).isEqualTo(IDS);
    assertThat(IDS.with(IdField.PRI, 1).pri()).isFalse();
  }

  @Test
  void features_of_tables_are_only_taken_away() {
    IdRegisters host = new IdRegisters(0, 0, 0, 1 << 11, 0, 1 << 4 | 1 << 6, 0, 0);

    IdRegisters fewer = HostCompatibility.lowerToHost(IDS, host);

    assertThat(fewer.granules()).containsExactlyInAnyOrder(Granule.KB4, Granule.KB64);
    assertThat(fewer.idr0()).isEqualTo(IDS.idr0() & ~(1 << 12) & ~(1 << 4));
    assertThat(fewer.idr3()).isEqualTo((IDS.idr3() & ~(1 << 2) & ~(3 << 11)) | (1 << 11));
    assertThat(fewer.idr5()).isEqualTo(IDS.idr5() & ~(1 << 5));
    assertThat(HostCompatibility.lowerToHost(fewer, IDS)).isEqualTo(fewer);
    assertThat(HostCompatibility.lowerToHost(IDS, IDS)).isEqualTo(IDS);
  }

  @Test
  void stage_1_only_clears_what_only_stage_2_gives_meaning() {
    assertThat(IDS.withStage2(false).idr0()).isEqualTo(0x0d40101a);
    assertThat(IDS.withStage2(false).idr3()).isEqualTo(0x1404);
    assertThat(IDS.withStage2(false).stage1()).isTrue();
  }

  @Test
  void range_invalidation_and_msi_are_one_bit_each() {
    assertThat(IDS.withRangeInvalidation(false).idr3()).isEqualTo(0x1014);
    assertThat(IDS.withRangeInvalidation(false).withRangeInvalidation(true)).isEqualTo(IDS);
    assertThat(IDS.withMsi(true).idr0()).isEqualTo(0x0d44301b);
  }

  @ParameterizedTest
  @CsvSource({"32, 0", "36, 1", "40, 2", "42, 3", "44, 4", "48, 5", "52, 6", "56, 7"})
  void output_address_size_is_encoded_as_specified(int bits, int code) {
    assertThat(IDS.withOasBits(bits).idr5()).isEqualTo(0x70 | code);
    assertThat(IDS.withOasBits(bits).oasBits()).isEqualTo(bits);
  }

  @Test
  void substream_and_stream_sizes_have_bounds() {
    assertThat(IDS.withSsidSize(20).idr1()).isEqualTo(0x02730510);
    assertThat(IDS.withSsidSize(20).ssidSize()).isEqualTo(20);
    assertThat(IDS.with(IdField.SIDSIZE, 32).sidSize()).isEqualTo(32);
    assertThatIllegalArgumentException().isThrownBy(() -> IDS.withSsidSize(21));
    assertThatIllegalArgumentException().isThrownBy(() -> IDS.withSsidSize(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> IDS.with(IdField.SIDSIZE, 33));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 43, 45, 64})
  void an_output_address_size_that_does_not_exist_is_refused(int bits) {
    assertThatIllegalArgumentException().isThrownBy(() -> IDS.withOasBits(bits));
  }
}
