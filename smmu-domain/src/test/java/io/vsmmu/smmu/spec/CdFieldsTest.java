package io.vsmmu.smmu.spec;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are written out from the bit numbers of IHI 0070, 5.4, not from the field table. */
class CdFieldsTest extends EightWordFieldsTest {

  private static final long[] ALL_FIELDS = {
    0xffffffffffffffffL,
    0xfcffffffffffffffL,
    0xfcffffffffffffffL,
    0xffffffffffffffffL,
    0xffffffffffffffffL,
    0x00ffffffffffffffL,
    0x0000ffffffffffffL,
    0x0000ffffffffffffL
  };

  CdFieldsTest() {
    super(CdFields.TABLE, ALL_FIELDS);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          T0SZ | 0 | 0x000000000000003f | 0x3f
          TG0 | 0 | 0x00000000000000c0 | 0x3
          IR0 | 0 | 0x0000000000000300 | 0x3
          OR0 | 0 | 0x0000000000000c00 | 0x3
          SH0 | 0 | 0x0000000000003000 | 0x3
          EPD0 | 0 | 0x0000000000004000 | 0x1
          ENDI | 0 | 0x0000000000008000 | 0x1
          T1SZ | 0 | 0x00000000003f0000 | 0x3f
          TG1 | 0 | 0x0000000000c00000 | 0x3
          IR1 | 0 | 0x0000000003000000 | 0x3
          OR1 | 0 | 0x000000000c000000 | 0x3
          SH1 | 0 | 0x0000000030000000 | 0x3
          EPD1 | 0 | 0x0000000040000000 | 0x1
          V | 0 | 0x0000000080000000 | 0x1
          IPS | 0 | 0x0000000700000000 | 0x7
          AFFD | 0 | 0x0000000800000000 | 0x1
          WXN | 0 | 0x0000001000000000 | 0x1
          UWXN | 0 | 0x0000002000000000 | 0x1
          TBI0 | 0 | 0x0000004000000000 | 0x1
          TBI1 | 0 | 0x0000008000000000 | 0x1
          PAN | 0 | 0x0000010000000000 | 0x1
          AA64 | 0 | 0x0000020000000000 | 0x1
          HD | 0 | 0x0000040000000000 | 0x1
          HA | 0 | 0x0000080000000000 | 0x1
          S | 0 | 0x0000100000000000 | 0x1
          R | 0 | 0x0000200000000000 | 0x1
          A | 0 | 0x0000400000000000 | 0x1
          ASET | 0 | 0x0000800000000000 | 0x1
          ASID | 0 | 0xffff000000000000 | 0xffff
          NSCFG0 | 1 | 0x0000000000000001 | 0x1
          HAD0 | 1 | 0x0000000000000002 | 0x1
          E0PD0 | 1 | 0x0000000000000004 | 0x1
          HAFT | 1 | 0x0000000000000008 | 0x1
          TTB0 | 1 | 0x00fffffffffffff0 | 0xfffffffffffff
          PnCH | 1 | 0x0400000000000000 | 0x1
          EPAN | 1 | 0x0800000000000000 | 0x1
          HWU059 | 1 | 0x1000000000000000 | 0x1
          HWU060 | 1 | 0x2000000000000000 | 0x1
          HWU061 | 1 | 0x4000000000000000 | 0x1
          HWU062 | 1 | 0x8000000000000000 | 0x1
          NSCFG1 | 2 | 0x0000000000000001 | 0x1
          HAD1 | 2 | 0x0000000000000002 | 0x1
          E0PD1 | 2 | 0x0000000000000004 | 0x1
          AIE | 2 | 0x0000000000000008 | 0x1
          TTB1 | 2 | 0x00fffffffffffff0 | 0xfffffffffffff
          DS | 2 | 0x0400000000000000 | 0x1
          PIE | 2 | 0x0800000000000000 | 0x1
          HWU159 | 2 | 0x1000000000000000 | 0x1
          HWU160 | 2 | 0x2000000000000000 | 0x1
          HWU161 | 2 | 0x4000000000000000 | 0x1
          HWU162 | 2 | 0x8000000000000000 | 0x1
          MAIR0 | 3 | 0x00000000ffffffff | 0xffffffff
          MAIR1 | 3 | 0xffffffff00000000 | 0xffffffff
          AMAIR0 | 4 | 0x00000000ffffffff | 0xffffffff
          AMAIR1 | 4 | 0xffffffff00000000 | 0xffffffff
          IMPDEF[351:320] | 5 | 0x00000000ffffffff | 0xffffffff
          PARTID | 5 | 0x0000ffff00000000 | 0xffff
          PMG | 5 | 0x00ff000000000000 | 0xff
          PIIU | 6 | 0x0000ffffffffffff | 0xffffffffffff
          PIIP | 7 | 0x0000ffffffffffff | 0xffffffffffff
          """)
  void each_field_alone_decodes_to_its_largest_value_and_leaves_the_others_zero(
      String field, int word, String bits, String value) {
    decodesAlone(field, word, bits, value);
  }
}
