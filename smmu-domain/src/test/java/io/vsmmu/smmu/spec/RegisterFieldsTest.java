package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values are written out from the bit numbers of IHI 0070, 6.3, not from the field tables. */
class RegisterFieldsTest {

  @ParameterizedTest(name = "{0}.{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          IDR0 | S2P | 0x0000000000000001 | 0x1
          IDR0 | S1P | 0x0000000000000002 | 0x1
          IDR0 | TTF | 0x000000000000000c | 0x3
          IDR0 | COHACC | 0x0000000000000010 | 0x1
          IDR0 | BTM | 0x0000000000000020 | 0x1
          IDR0 | HTTU | 0x00000000000000c0 | 0x3
          IDR0 | DORMHINT | 0x0000000000000100 | 0x1
          IDR0 | Hyp | 0x0000000000000200 | 0x1
          IDR0 | ATS | 0x0000000000000400 | 0x1
          IDR0 | NS1ATS | 0x0000000000000800 | 0x1
          IDR0 | ASID16 | 0x0000000000001000 | 0x1
          IDR0 | MSI | 0x0000000000002000 | 0x1
          IDR0 | SEV | 0x0000000000004000 | 0x1
          IDR0 | ATOS | 0x0000000000008000 | 0x1
          IDR0 | PRI | 0x0000000000010000 | 0x1
          IDR0 | VMW | 0x0000000000020000 | 0x1
          IDR0 | VMID16 | 0x0000000000040000 | 0x1
          IDR0 | CD2L | 0x0000000000080000 | 0x1
          IDR0 | VATOS | 0x0000000000100000 | 0x1
          IDR0 | TTENDIAN | 0x0000000000600000 | 0x3
          IDR0 | ATSRECERR | 0x0000000000800000 | 0x1
          IDR0 | STALL_MODEL | 0x0000000003000000 | 0x3
          IDR0 | TERM_MODEL | 0x0000000004000000 | 0x1
          IDR0 | ST_LEVEL | 0x0000000018000000 | 0x3
          IDR0 | RME_IMPL | 0x0000000040000000 | 0x1
          IDR1 | SIDSIZE | 0x000000000000003f | 0x3f
          IDR1 | SSIDSIZE | 0x00000000000007c0 | 0x1f
          IDR1 | PRIQS | 0x000000000000f800 | 0x1f
          IDR1 | EVENTQS | 0x00000000001f0000 | 0x1f
          IDR1 | CMDQS | 0x0000000003e00000 | 0x1f
          IDR1 | ATTR_PERMS_OVR | 0x0000000004000000 | 0x1
          IDR1 | ATTR_TYPES_OVR | 0x0000000008000000 | 0x1
          IDR1 | REL | 0x0000000010000000 | 0x1
          IDR1 | QUEUES_PRESET | 0x0000000020000000 | 0x1
          IDR1 | TABLES_PRESET | 0x0000000040000000 | 0x1
          IDR1 | ECMDQ | 0x0000000080000000 | 0x1
          IDR3 | HAD | 0x0000000000000004 | 0x1
          IDR3 | PBHA | 0x0000000000000008 | 0x1
          IDR3 | XNX | 0x0000000000000010 | 0x1
          IDR3 | PPS | 0x0000000000000020 | 0x1
          IDR3 | MPAM | 0x0000000000000080 | 0x1
          IDR3 | FWB | 0x0000000000000100 | 0x1
          IDR3 | STT | 0x0000000000000200 | 0x1
          IDR3 | RIL | 0x0000000000000400 | 0x1
          IDR3 | BBML | 0x0000000000001800 | 0x3
          IDR3 | E0PD | 0x0000000000002000 | 0x1
          IDR3 | PTWNNC | 0x0000000000004000 | 0x1
          IDR3 | DPT | 0x0000000000008000 | 0x1
          IDR3 | PASIDTT | 0x0000000000010000 | 0x1
          IDR3 | EPAN | 0x0000000000020000 | 0x1
          IDR3 | S1PI | 0x0000000000040000 | 0x1
          IDR3 | S2PI | 0x0000000000080000 | 0x1
          IDR3 | S2PO | 0x0000000000100000 | 0x1
          IDR3 | THE | 0x0000000000200000 | 0x1
          IDR3 | MTEPERM | 0x0000000000400000 | 0x1
          IDR3 | AIE | 0x0000000000800000 | 0x1
          IDR5 | OAS | 0x0000000000000007 | 0x7
          IDR5 | GRAN4K | 0x0000000000000010 | 0x1
          IDR5 | GRAN16K | 0x0000000000000020 | 0x1
          IDR5 | GRAN64K | 0x0000000000000040 | 0x1
          IDR5 | DS | 0x0000000000000080 | 0x1
          IDR5 | D128 | 0x0000000000000100 | 0x1
          IDR5 | VAX | 0x0000000000000c00 | 0x3
          IDR5 | STALL_MAX | 0x00000000ffff0000 | 0xffff
          AIDR | ArchMinorRev | 0x000000000000000f | 0xf
          AIDR | ArchMajorRev | 0x00000000000000f0 | 0xf
          CR0 | SMMUEN | 0x0000000000000001 | 0x1
          CR0 | PRIQEN | 0x0000000000000002 | 0x1
          CR0 | EVENTQEN | 0x0000000000000004 | 0x1
          CR0 | CMDQEN | 0x0000000000000008 | 0x1
          CR0 | ATSCHK | 0x0000000000000010 | 0x1
          CR0 | VMW | 0x00000000000001c0 | 0x7
          CR0 | DPT_WALK_EN | 0x0000000000000400 | 0x1
          CR1 | QUEUE_IC | 0x0000000000000003 | 0x3
          CR1 | QUEUE_OC | 0x000000000000000c | 0x3
          CR1 | QUEUE_SH | 0x0000000000000030 | 0x3
          CR1 | TABLE_IC | 0x00000000000000c0 | 0x3
          CR1 | TABLE_OC | 0x0000000000000300 | 0x3
          CR1 | TABLE_SH | 0x0000000000000c00 | 0x3
          CR2 | E2H | 0x0000000000000001 | 0x1
          CR2 | RECINVSID | 0x0000000000000002 | 0x1
          CR2 | PTM | 0x0000000000000004 | 0x1
          CR2 | REC_CFG_ATS | 0x0000000000000008 | 0x1
          GBPA | MemAttr | 0x000000000000000f | 0xf
          GBPA | MTCFG | 0x0000000000000010 | 0x1
          GBPA | ALLOCCFG | 0x0000000000000f00 | 0xf
          GBPA | SHCFG | 0x0000000000003000 | 0x3
          GBPA | PRIVCFG | 0x0000000000030000 | 0x3
          GBPA | INSTCFG | 0x00000000000c0000 | 0x3
          GBPA | ABORT | 0x0000000000100000 | 0x1
          GBPA | Update | 0x0000000080000000 | 0x1
          IRQ_CTRL | GERROR_IRQEN | 0x0000000000000001 | 0x1
          IRQ_CTRL | PRIQ_IRQEN | 0x0000000000000002 | 0x1
          IRQ_CTRL | EVENTQ_IRQEN | 0x0000000000000004 | 0x1
          GERROR | CMDQ_ERR | 0x0000000000000001 | 0x1
          GERROR | EVENTQ_ABT_ERR | 0x0000000000000004 | 0x1
          GERROR | PRIQ_ABT_ERR | 0x0000000000000008 | 0x1
          GERROR | MSI_CMDQ_ABT_ERR | 0x0000000000000010 | 0x1
          GERROR | MSI_EVENTQ_ABT_ERR | 0x0000000000000020 | 0x1
          GERROR | MSI_PRIQ_ABT_ERR | 0x0000000000000040 | 0x1
          GERROR | MSI_GERROR_ABT_ERR | 0x0000000000000080 | 0x1
          GERROR | SFM_ERR | 0x0000000000000100 | 0x1
          GERROR_IRQ_CFG0 | ADDR | 0x00fffffffffffffc | 0x3fffffffffffff
          PRIQ_IRQ_CFG2 | MemAttr | 0x000000000000000f | 0xf
          PRIQ_IRQ_CFG2 | SH | 0x0000000000000030 | 0x3
          PRIQ_IRQ_CFG2 | LO | 0x0000000080000000 | 0x1
          STRTAB_BASE | ADDR | 0x00ffffffffffffc0 | 0x3ffffffffffff
          STRTAB_BASE | RA | 0x4000000000000000 | 0x1
          STRTAB_BASE_CFG | LOG2SIZE | 0x000000000000003f | 0x3f
          STRTAB_BASE_CFG | SPLIT | 0x00000000000007c0 | 0x1f
          STRTAB_BASE_CFG | FMT | 0x0000000000030000 | 0x3
          CMDQ_BASE | LOG2SIZE | 0x000000000000001f | 0x1f
          CMDQ_BASE | ADDR | 0x00ffffffffffffe0 | 0x7ffffffffffff
          CMDQ_BASE | RA | 0x4000000000000000 | 0x1
          EVENTQ_BASE | LOG2SIZE | 0x000000000000001f | 0x1f
          EVENTQ_BASE | ADDR | 0x00ffffffffffffe0 | 0x7ffffffffffff
          EVENTQ_BASE | WA | 0x4000000000000000 | 0x1
          CMDQ_PROD | WR | 0x00000000000fffff | 0xfffff
          CMDQ_CONS | RD | 0x00000000000fffff | 0xfffff
          CMDQ_CONS | ERR | 0x000000007f000000 | 0x7f
          EVENTQ_PROD | WR | 0x00000000000fffff | 0xfffff
          EVENTQ_PROD | OVFLG | 0x0000000080000000 | 0x1
          PRIQ_CONS | RD | 0x00000000000fffff | 0xfffff
          PRIQ_CONS | OVACKFLG | 0x0000000080000000 | 0x1
          """)
  void each_field_alone_decodes_to_its_largest_value(
      Register register, String field, String bits, String value) {
    long word = Long.parseUnsignedLong(bits.substring(2), 16);

    List<String> nonZero = new ArrayList<>();
    register.fields().decode(word).forEach((name, v) -> nonZero.add(v == 0 ? "" : name));

    assertThat(nonZero).filteredOn(name -> !name.isEmpty()).containsExactly(field);
    assertThat(register.fields().decode(word))
        .containsEntry(field, Long.parseUnsignedLong(value.substring(2), 16));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "IDR0, 0xa0000000",
    "IDR1, 0",
    "IDR3, 0xff000043",
    "IDR5, 0xf208",
    "AIDR, 0xffffff00",
    "CR0, 0xfffffa20",
    "CR0ACK, 0xfffffa20",
    "CR1, 0xfffff000",
    "CR2, 0xfffffff0",
    "STATUSR, 0xfffffffe",
    "GBPA, 0x7fe0c0e0",
    "IRQ_CTRL, 0xfffffff8",
    "GERROR, 0xfffff802",
    "EVENTQ_IRQ_CFG0, 0xff00000000000003",
    "EVENTQ_IRQ_CFG1, 0",
    "EVENTQ_IRQ_CFG2, 0xffffffc0",
    "PRIQ_IRQ_CFG2, 0x7fffffc0",
    "STRTAB_BASE, 0xbf0000000000003f",
    "STRTAB_BASE_CFG, 0xfffcf800",
    "CMDQ_BASE, 0xbf00000000000000",
    "PRIQ_BASE, 0xbf00000000000000",
    "CMDQ_PROD, 0xfff00000",
    "CMDQ_CONS, 0x80f00000",
    "EVENTQ_PROD, 0x7ff00000",
    "EVENTQ_CONS, 0x7ff00000"
  })
  void the_remaining_bits_are_res0(Register register, String reserved) {
    assertThat(register.fields().reservedMask(0))
        .isEqualTo(reserved.equals("0") ? 0 : Long.parseUnsignedLong(reserved.substring(2), 16));
  }
}
