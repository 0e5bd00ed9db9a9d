package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The one table of the identification registers' fields. */
class IdFieldTest {

  private static final Pattern NAMED = Pattern.compile("\\b(IDR[0-5]|IIDR|AIDR)\\.([A-Za-z]\\w*)");

  private static String page() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return Files.readString(module.resolveSibling("docs/fields.md"));
  }

  @ParameterizedTest
  @EnumSource(IdRegister.class)
  void the_fields_of_a_register_do_not_overlap_and_leave_the_rest_reserved(IdRegister register) {
    long claimed = 0;
    for (IdField field : IdField.values()) {
      if (field.register() == register) {
        assertThat(claimed & field.bits().mask()).as("%s", field.fullName()).isZero();
        claimed |= field.bits().mask();
      }
    }
    assertThat(claimed).isNotZero();
    assertThat(register.fields().reservedMask(0)).isEqualTo(~claimed & 0xFFFF_FFFFL);
  }

  @Test
  void every_field_that_the_page_of_fields_names_is_in_the_table_once() throws IOException {
    List<String> table = Arrays.stream(IdField.values()).map(IdField::fullName).toList();
    Set<String> named =
        NAMED.matcher(page()).results().map(MatchResult::group).collect(Collectors.toSet());

    assertThat(table).doesNotHaveDuplicates();
    assertThat(named).isNotEmpty();
    assertThat(new HashSet<>(table)).containsAll(named);
  }

  @Test
  void the_page_of_fields_has_a_line_for_every_field() throws IOException {
    String page = page();
    for (IdField field : IdField.values()) {
      String line = "| %s | %s | [".formatted(field.register(), field.bits().name());

      assertThat(page.split(Pattern.quote(line), -1)).as("%s", line).hasSize(2);
    }
  }

  /**
   * The macros of Linux's drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.h that describe fields, with
   * the highest and the lowest bit that they give.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "IDR0_ST_LVL, ST_LEVEL, 28, 27",
    "IDR0_STALL_MODEL, STALL_MODEL, 25, 24",
    "IDR0_TTENDIAN, TTENDIAN, 22, 21",
    "IDR0_CD2L, CD2L, 19, 19",
    "IDR0_VMID16, VMID16, 18, 18",
    "IDR0_PRI, PRI, 16, 16",
    "IDR0_SEV, SEV, 14, 14",
    "IDR0_MSI, MSI, 13, 13",
    "IDR0_ASID16, ASID16, 12, 12",
    "IDR0_ATS, ATS, 10, 10",
    "IDR0_HYP, HYP, 9, 9",
    "IDR0_HTTU, HTTU, 7, 6",
    "IDR0_COHACC, COHACC, 4, 4",
    "IDR0_TTF, TTF, 3, 2",
    "IDR0_S1P, S1P, 1, 1",
    "IDR0_S2P, S2P, 0, 0",
    "IDR1_TABLES_PRESET, TABLES_PRESET, 30, 30",
    "IDR1_QUEUES_PRESET, QUEUES_PRESET, 29, 29",
    "IDR1_REL, REL, 28, 28",
    "IDR1_ATTR_TYPES_OVR, ATTR_TYPES_OVR, 27, 27",
    "IDR1_CMDQS, CMDQS, 25, 21",
    "IDR1_EVTQS, EVENTQS, 20, 16",
    "IDR1_PRIQS, PRIQS, 15, 11",
    "IDR1_SSIDSIZE, SSIDSIZE, 10, 6",
    "IDR1_SIDSIZE, SIDSIZE, 5, 0",
    "IDR3_RIL, RIL, 10, 10",
    "IDR5_STALL_MAX, STALL_MAX, 31, 16",
    "IDR5_VAX, VAX, 11, 10",
    "IDR5_GRAN64K, GRAN64K, 6, 6",
    "IDR5_GRAN16K, GRAN16K, 5, 5",
    "IDR5_GRAN4K, GRAN4K, 4, 4",
    "IDR5_OAS, OAS, 2, 0",
    "IIDR_PRODUCTID, PRODUCT_ID, 31, 20",
    "IIDR_VARIANT, VARIANT, 19, 16",
    "IIDR_REVISION, REVISION, 15, 12",
    "IIDR_IMPLEMENTER, IMPLEMENTER, 11, 0"
  })
  void a_field_lies_where_linux_has_it(String macro, IdField field, int msb, int lsb) {
    assertThat(macro).startsWith(field.register() + "_");
    assertThat(field.bits().msb()).isEqualTo(msb);
    assertThat(field.bits().lsb()).isEqualTo(lsb);
  }

  /** Every value that 6.3.1 to 6.3.6 reserve; no other field has one. */
  @ParameterizedTest
  @CsvSource({
    "TTF, 0, 0",
    "TTENDIAN, 1, 1",
    "STALL_MODEL, 3, 3",
    "ST_LEVEL, 2, 3",
    "SIDSIZE, 33, 63",
    "SSIDSIZE, 21, 31",
    "PRIQS, 20, 31",
    "EVENTQS, 20, 31",
    "CMDQS, 20, 31",
    "BBML, 3, 3",
    "VAX, 3, 3"
  })
  void reserved_values_are_not_set(IdField field, int first, int last) {
    int all = (int) (field.bits().mask() >>> field.bits().lsb());

    assertThat(IntStream.rangeClosed(0, all).filter(value -> !field.allows(value)))
        .containsExactlyElementsOf(IntStream.rangeClosed(first, last).boxed().toList());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdRegisters.DEFAULT.with(field, first))
        .withMessageStartingWith(field.fullName() + ": " + first);
  }

  @ParameterizedTest
  @EnumSource(IdField.class)
  void a_field_can_be_set_and_read_without_touching_another(IdField field) {
    IdRegisters ones = new IdRegisters(-1, -1, -1, -1, -1, -1, -1, -1);
    int value = field.allows(0) ? 0 : 1;

    IdRegisters changed = ones.with(field, value);

    assertThat(changed.get(field)).isEqualTo(value);
    assertThat(changed.isSet(field)).isEqualTo(value != 0);
    for (IdField other : IdField.values()) {
      assertThat(other == field || changed.get(other) == ones.get(other)).as("%s", other).isTrue();
    }
    assertThat(field.allows((int) (field.bits().mask() >>> field.bits().lsb()) + 1))
        .isEqualTo(field.bits().width() == 32);
  }
}
