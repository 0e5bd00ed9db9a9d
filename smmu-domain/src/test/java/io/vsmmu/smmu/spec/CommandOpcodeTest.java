package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.spec.FieldRows.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The words are written out from the bit numbers of IHI 0070, chapter 4, not from the field tables.
 */
class CommandOpcodeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PREFETCH_CONFIG | 0x01 | 0xfffffffffffffc01 | 0x0000000000000000
          PREFETCH_ADDR | 0x02 | 0xfffffffffffffc02 | 0xfffffffffffff3ff
          CFGI_STE | 0x03 | 0xffffffff00000403 | 0x0000000000000001
          CFGI_STE_RANGE | 0x04 | 0xffffffff00000404 | 0x000000000000001f
          CFGI_CD | 0x05 | 0xfffffffffffff405 | 0x0000000000000001
          CFGI_CD_ALL | 0x06 | 0xffffffff00000406 | 0x0000000000000000
          CFGI_VMS_PIDM | 0x07 | 0x0000ffff00000407 | 0x0000000000000000
          TLBI_NH_ALL | 0x10 | 0x0000ffff00000010 | 0x0000000000000000
          TLBI_NH_ASID | 0x11 | 0xffffffff00000011 | 0x0000000000000000
          TLBI_NH_VA | 0x12 | 0xffffffff03f1f012 | 0xffffffffffffff81
          TLBI_NH_VAA | 0x13 | 0x0000ffff03f1f013 | 0xffffffffffffff81
          TLBI_EL3_ALL | 0x18 | 0x0000000000000018 | 0x0000000000000000
          TLBI_EL3_VA | 0x1a | 0x0000000003f1f01a | 0xffffffffffffff81
          TLBI_EL2_ALL | 0x20 | 0x0000000000000020 | 0x0000000000000000
          TLBI_EL2_ASID | 0x21 | 0xffff000000000021 | 0x0000000000000000
          TLBI_EL2_VA | 0x22 | 0xffff000003f1f022 | 0xffffffffffffff81
          TLBI_EL2_VAA | 0x23 | 0x0000000003f1f023 | 0xffffffffffffff81
          TLBI_S12_VMALL | 0x28 | 0x0000ffff00000028 | 0x0000000000000000
          TLBI_S2_IPA | 0x2a | 0x0000ffff03f1f02a | 0x00ffffffffffff81
          TLBI_NSNH_ALL | 0x30 | 0x0000000000000030 | 0x0000000000000000
          ATC_INV | 0x40 | 0xfffffffffffffa40 | 0xfffffffffffff03f
          PRI_RESP | 0x41 | 0xfffffffffffff841 | 0x00000000000031ff
          RESUME | 0x44 | 0xffffffff00003444 | 0x000000000000ffff
          STALL_TERM | 0x45 | 0xffffffff00000445 | 0x0000000000000000
          SYNC | 0x46 | 0xffffffff0fc03046 | 0x00fffffffffffffc
          TLBI_S_EL2_ALL | 0x50 | 0x0000000000000050 | 0x0000000000000000
          TLBI_S_EL2_ASID | 0x51 | 0xffff000000000051 | 0x0000000000000000
          TLBI_S_EL2_VA | 0x52 | 0xffff000003f1f052 | 0xffffffffffffff81
          TLBI_S_EL2_VAA | 0x53 | 0x0000000003f1f053 | 0xffffffffffffff81
          TLBI_S_S12_VMALL | 0x58 | 0x0000ffff00000058 | 0x0000000000000000
          TLBI_S_S2_IPA | 0x5a | 0x0000ffff03f1f05a | 0x00ffffffffffff81
          TLBI_SNH_ALL | 0x60 | 0x0000000000000060 | 0x0000000000000000
          DPTI_ALL | 0x70 | 0x0000000000000070 | 0x0000000000000000
          DPTI_PA | 0x73 | 0x0000000000000073 | 0x0000000000000000
          """)
  void an_entry_with_every_field_set_survives_and_every_other_bit_is_reserved(
      CommandOpcode opcode, String code, String w0, String w1) {
    CommandEntry entry = new CommandEntry(hex(w0), hex(w1));

    assertThat(opcode.code()).isEqualTo((int) hex(code));
    assertThat(entry.command()).contains(opcode);
    assertThat(opcode.fields().reservedMask(0)).isEqualTo(~(entry.word0() | 0xff));
    assertThat(opcode.fields().reservedMask(1)).isEqualTo(~entry.word1());
    assertThat(SmmuCommand.decode(entry).encode()).isEqualTo(entry);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PREFETCH_CONFIG | SSec | 0 | 0x0000000000000400 | 0x1
          PREFETCH_CONFIG | SSV | 0 | 0x0000000000000800 | 0x1
          PREFETCH_CONFIG | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          PREFETCH_CONFIG | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          PREFETCH_ADDR | SSec | 0 | 0x0000000000000400 | 0x1
          PREFETCH_ADDR | SSV | 0 | 0x0000000000000800 | 0x1
          PREFETCH_ADDR | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          PREFETCH_ADDR | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          PREFETCH_ADDR | Size | 1 | 0x000000000000001f | 0x1f
          PREFETCH_ADDR | Stride | 1 | 0x00000000000003e0 | 0x1f
          PREFETCH_ADDR | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          CFGI_STE | SSec | 0 | 0x0000000000000400 | 0x1
          CFGI_STE | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          CFGI_STE | Leaf | 1 | 0x0000000000000001 | 0x1
          CFGI_STE_RANGE | SSec | 0 | 0x0000000000000400 | 0x1
          CFGI_STE_RANGE | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          CFGI_STE_RANGE | Range | 1 | 0x000000000000001f | 0x1f
          CFGI_CD | SSec | 0 | 0x0000000000000400 | 0x1
          CFGI_CD | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          CFGI_CD | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          CFGI_CD | Leaf | 1 | 0x0000000000000001 | 0x1
          CFGI_CD_ALL | SSec | 0 | 0x0000000000000400 | 0x1
          CFGI_CD_ALL | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          CFGI_VMS_PIDM | SSec | 0 | 0x0000000000000400 | 0x1
          CFGI_VMS_PIDM | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_NH_ALL | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_NH_ASID | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_NH_ASID | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_NH_VA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_NH_VA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_NH_VA | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_NH_VA | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_NH_VA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_NH_VA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_NH_VA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_NH_VA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_NH_VA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_NH_VAA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_NH_VAA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_NH_VAA | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_NH_VAA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_NH_VAA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_NH_VAA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_NH_VAA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_NH_VAA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_EL3_VA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_EL3_VA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_EL3_VA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_EL3_VA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_EL3_VA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_EL3_VA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_EL3_VA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_EL2_ASID | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_EL2_VA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_EL2_VA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_EL2_VA | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_EL2_VA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_EL2_VA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_EL2_VA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_EL2_VA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_EL2_VA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_EL2_VAA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_EL2_VAA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_EL2_VAA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_EL2_VAA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_EL2_VAA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_EL2_VAA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_EL2_VAA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_S12_VMALL | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_S2_IPA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_S2_IPA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_S2_IPA | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_S2_IPA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_S2_IPA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_S2_IPA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_S2_IPA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_S2_IPA | IPA | 1 | 0x00fffffffffff000 | 0xfffffffffff
          ATC_INV | Global | 0 | 0x0000000000000200 | 0x1
          ATC_INV | SSV | 0 | 0x0000000000000800 | 0x1
          ATC_INV | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          ATC_INV | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          ATC_INV | Size | 1 | 0x000000000000003f | 0x3f
          ATC_INV | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          PRI_RESP | SSV | 0 | 0x0000000000000800 | 0x1
          PRI_RESP | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          PRI_RESP | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          PRI_RESP | PRGIndex | 1 | 0x00000000000001ff | 0x1ff
          PRI_RESP | Resp | 1 | 0x0000000000003000 | 0x3
          RESUME | SSec | 0 | 0x0000000000000400 | 0x1
          RESUME | Ac | 0 | 0x0000000000001000 | 0x1
          RESUME | Ab | 0 | 0x0000000000002000 | 0x1
          RESUME | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          RESUME | STAG | 1 | 0x000000000000ffff | 0xffff
          STALL_TERM | SSec | 0 | 0x0000000000000400 | 0x1
          STALL_TERM | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          SYNC | CS | 0 | 0x0000000000003000 | 0x3
          SYNC | MSH | 0 | 0x0000000000c00000 | 0x3
          SYNC | MSIAttr | 0 | 0x000000000f000000 | 0xf
          SYNC | MSIData | 0 | 0xffffffff00000000 | 0xffffffff
          SYNC | MSIAddress | 1 | 0x00fffffffffffffc | 0x3fffffffffffff
          TLBI_S_EL2_ASID | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_S_EL2_VA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_S_EL2_VA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_S_EL2_VA | ASID | 0 | 0xffff000000000000 | 0xffff
          TLBI_S_EL2_VA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_S_EL2_VA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_S_EL2_VA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_S_EL2_VA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_S_EL2_VA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_S_EL2_VAA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_S_EL2_VAA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_S_EL2_VAA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_S_EL2_VAA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_S_EL2_VAA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_S_EL2_VAA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_S_EL2_VAA | Address | 1 | 0xfffffffffffff000 | 0xfffffffffffff
          TLBI_S_S12_VMALL | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_S_S2_IPA | NUM | 0 | 0x000000000001f000 | 0x1f
          TLBI_S_S2_IPA | SCALE | 0 | 0x0000000003f00000 | 0x3f
          TLBI_S_S2_IPA | VMID | 0 | 0x0000ffff00000000 | 0xffff
          TLBI_S_S2_IPA | Leaf | 1 | 0x0000000000000001 | 0x1
          TLBI_S_S2_IPA | TTL128 | 1 | 0x0000000000000080 | 0x1
          TLBI_S_S2_IPA | TTL | 1 | 0x0000000000000300 | 0x3
          TLBI_S_S2_IPA | TG | 1 | 0x0000000000000c00 | 0x3
          TLBI_S_S2_IPA | IPA | 1 | 0x00fffffffffff000 | 0xfffffffffff
          """)
  void each_field_alone_is_decoded_and_encoded_where_it_stands(
      CommandOpcode opcode, String field, int word, String bits, String value) {
    long[] words = {opcode.code(), 0};
    words[word] |= hex(bits);
    CommandEntry entry = new CommandEntry(words[0], words[1]);

    assertThat(FieldRows.nonZero(entry.decoded())).containsExactly("Opcode", field);
    assertThat(entry.decoded()).containsEntry(field, hex(value));
    assertThat(SmmuCommand.decode(entry).encode()).isEqualTo(entry);
  }

  @Test
  void exactly_the_architected_opcodes_are_known() {
    List<Integer> known = new ArrayList<>();
    for (int code = 0; code < 256; code++) {
      if (CommandOpcode.of(code).isPresent()) {
        known.add(code);
      }
    }

    assertThat(known)
        .containsExactly(
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11, 0x12, 0x13, 0x18, 0x1a, 0x20,
            0x21, 0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46, 0x50, 0x51, 0x52,
            0x53, 0x58, 0x5a, 0x60, 0x70, 0x73);
  }
}
