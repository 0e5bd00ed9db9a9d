package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are written out from the bit numbers of IHI 0070, 5.2, not from the field table. */
class SteFieldsTest extends EightWordFieldsTest {

  private static final long[] ALL_FIELDS = {
    0xf8ffffffffffffffL,
    0xfffff1ffffffffffL,
    0xffffffffffffffffL,
    0x60ffffffffffffffL,
    0xffffc0ffffffffffL,
    0x00ffffffffffffffL,
    0x60fffffffffffff7L,
    0xffffffffffffffffL
  };

  SteFieldsTest() {
    super(SteFields.TABLE, ALL_FIELDS);
  }

  @Test
  void words_are_little_endian_bytes_in_order() {
    byte[] bytes = new byte[64];
    for (int i = 0; i < 64; i++) {
      bytes[i] = (byte) i;
    }

    StreamTableEntry ste = StreamTableEntry.read(ByteBuffer.wrap(bytes));

    assertThat(ste.words()).startsWith(0x0706050403020100L).endsWith(0x3f3e3d3c3b3a3938L);
    assertThat(ste.toBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          V | 0 | 0x0000000000000001 | 0x1
          Config | 0 | 0x000000000000000e | 0x7
          S1Fmt | 0 | 0x0000000000000030 | 0x3
          S1ContextPtr | 0 | 0x00ffffffffffffc0 | 0x3ffffffffffff
          S1CDMax | 0 | 0xf800000000000000 | 0x1f
          S1DSS | 1 | 0x0000000000000003 | 0x3
          S1CIR | 1 | 0x000000000000000c | 0x3
          S1COR | 1 | 0x0000000000000030 | 0x3
          S1CSH | 1 | 0x00000000000000c0 | 0x3
          S2HWU59 | 1 | 0x0000000000000100 | 0x1
          S2HWU60 | 1 | 0x0000000000000200 | 0x1
          S2HWU61 | 1 | 0x0000000000000400 | 0x1
          S2HWU62 | 1 | 0x0000000000000800 | 0x1
          DRE | 1 | 0x0000000000001000 | 0x1
          CONT | 1 | 0x000000000001e000 | 0xf
          DCP | 1 | 0x0000000000020000 | 0x1
          PPAR | 1 | 0x0000000000040000 | 0x1
          MEV | 1 | 0x0000000000080000 | 0x1
          SW_RESERVED | 1 | 0x0000000000f00000 | 0xf
          S1PIE | 1 | 0x0000000001000000 | 0x1
          S2FWB | 1 | 0x0000000002000000 | 0x1
          S1MPAM | 1 | 0x0000000004000000 | 0x1
          S1STALLD | 1 | 0x0000000008000000 | 0x1
          EATS | 1 | 0x0000000030000000 | 0x3
          STRW | 1 | 0x00000000c0000000 | 0x3
          MemAttr | 1 | 0x0000000f00000000 | 0xf
          MTCFG | 1 | 0x0000001000000000 | 0x1
          ALLOCCFG | 1 | 0x000001e000000000 | 0xf
          SHCFG | 1 | 0x0000300000000000 | 0x3
          NSCFG | 1 | 0x0000c00000000000 | 0x3
          PRIVCFG | 1 | 0x0003000000000000 | 0x3
          INSTCFG | 1 | 0x000c000000000000 | 0x3
          IMPDEF[127:116] | 1 | 0xfff0000000000000 | 0xfff
          S2VMID | 2 | 0x000000000000ffff | 0xffff
          IMPDEF[159:144] | 2 | 0x00000000ffff0000 | 0xffff
          S2T0SZ | 2 | 0x0000003f00000000 | 0x3f
          S2SL0 | 2 | 0x000000c000000000 | 0x3
          S2IR0 | 2 | 0x0000030000000000 | 0x3
          S2OR0 | 2 | 0x00000c0000000000 | 0x3
          S2SH0 | 2 | 0x0000300000000000 | 0x3
          S2TG | 2 | 0x0000c00000000000 | 0x3
          S2PS | 2 | 0x0007000000000000 | 0x7
          S2AA64 | 2 | 0x0008000000000000 | 0x1
          S2ENDI | 2 | 0x0010000000000000 | 0x1
          S2AFFD | 2 | 0x0020000000000000 | 0x1
          S2PTW | 2 | 0x0040000000000000 | 0x1
          S2HD | 2 | 0x0080000000000000 | 0x1
          S2HA | 2 | 0x0100000000000000 | 0x1
          S2S | 2 | 0x0200000000000000 | 0x1
          S2R | 2 | 0x0400000000000000 | 0x1
          S2HAFT | 2 | 0x0800000000000000 | 0x1
          S2PIE | 2 | 0x1000000000000000 | 0x1
          S2POE | 2 | 0x2000000000000000 | 0x1
          DPT_VMATCH | 2 | 0xc000000000000000 | 0x3
          S2NSW | 3 | 0x0000000000000001 | 0x1
          S2NSA | 3 | 0x0000000000000002 | 0x1
          S2SL0_2 | 3 | 0x0000000000000004 | 0x1
          S2DS | 3 | 0x0000000000000008 | 0x1
          S2TTB | 3 | 0x00fffffffffffff0 | 0xfffffffffffff
          S2SKL | 3 | 0x6000000000000000 | 0x3
          IMPDEF[271:256] | 4 | 0x000000000000ffff | 0xffff
          PARTID | 4 | 0x00000000ffff0000 | 0xffff
          S_S2T0SZ | 4 | 0x0000003f00000000 | 0x3f
          S_S2SL0 | 4 | 0x000000c000000000 | 0x3
          S_S2TG | 4 | 0x0000c00000000000 | 0x3
          MECID | 4 | 0xffff000000000000 | 0xffff
          PMG | 5 | 0x00000000000000ff | 0xff
          MPAM_NS | 5 | 0x0000000000000100 | 0x1
          AssuredOnly | 5 | 0x0000000000000200 | 0x1
          TL0 | 5 | 0x0000000000000400 | 0x1
          TL1 | 5 | 0x0000000000000800 | 0x1
          VMSPtr | 5 | 0x00fffffffffff000 | 0xfffffffffff
          S2SW | 6 | 0x0000000000000001 | 0x1
          S2SA | 6 | 0x0000000000000002 | 0x1
          S_S2SL0_2 | 6 | 0x0000000000000004 | 0x1
          S_S2TTB | 6 | 0x00fffffffffffff0 | 0xfffffffffffff
          S_S2SKL | 6 | 0x6000000000000000 | 0x3
          S2POI | 7 | 0xffffffffffffffff | 0xffffffffffffffff
          """)
  void each_field_alone_decodes_to_its_largest_value_and_leaves_the_others_zero(
      String field, int word, String bits, String value) {
    decodesAlone(field, word, bits, value);
  }
}
