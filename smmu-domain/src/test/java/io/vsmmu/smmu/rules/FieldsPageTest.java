package io.vsmmu.smmu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.spec.CdFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.HostCompatibility;
import io.vsmmu.smmu.spec.HostRule;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.OutputAddressSize;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/fields.md is what the tables say. {@code -Dfields.write=true} writes the page anew. */
class FieldsPageTest {

  private static final String HEAD = "| when | IHI 0070 says | section | here |";

  private final StringBuilder page = new StringBuilder();

  private static Path file() {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return module.resolveSibling("docs/fields.md");
  }

  @Test
  void the_page_of_fields_is_what_the_tables_say() throws IOException {
    String expected = rendered();
    if (Boolean.getBoolean("fields.write")) {
      Files.writeString(file(), expected);
    }

    assertThat(Files.readString(file())).isEqualTo(expected);
  }

  @Test
  void every_line_names_a_section_and_what_is_done() {
    List<FieldRule> all = new ArrayList<>();
    all.addAll(CommandRules.all());
    all.addAll(SteRules.all());
    all.addAll(RegisterRules.conditional());
    all.addAll(RegisterRules.special());
    all.addAll(AccessRules.frame());
    all.addAll(AccessRules.memory());
    for (FieldRule rule : all) {
      assertThat(rule.section()).as("%s", rule).matches("\\d(\\.\\d+)*\\b.*");
      assertThat(rule.choice()).as("%s", rule).isNotBlank();
      assertThat(rule.field() + rule.when() + rule.choice()).doesNotContain("|");
    }
  }

  @Test
  void every_field_that_a_line_names_exists() {
    for (CommandRule rule : CommandRules.all()) {
      for (CommandOpcode opcode : rule.commands()) {
        assertThat(names(opcode.fields())).containsAll(named(rule));
      }
    }
    for (SteRule rule : SteRules.all()) {
      if (!rule.field().equals("reserved bits")) {
        List<String> fields =
            named(rule).stream().filter(name -> !name.startsWith("and words")).toList();
        assertThat(names(SteFields.TABLE)).containsAll(fields);
      }
    }
    for (RegisterRule rule : RegisterRules.conditional()) {
      if (!rule.field().equals("all")) {
        assertThat(names(rule.register().fields())).contains(rule.field());
      }
    }
  }

  private static List<String> named(FieldRule rule) {
    return List.of(rule.field().split(", "));
  }

  private static List<String> names(FieldTable table) {
    return table.fields().stream().map(FieldTable.Field::name).toList();
  }

  private String rendered() {
    line("# Fields");
    line("");
    line(
        "What the Arm SMMUv3 specification (IHI 0070, H.a) forbids, reserves or leaves open,"
            + " field");
    line("by field, and what the vSMMU does. The state machine decides by these tables");
    line("(`io.vsmmu.smmu.rules`), and `FieldsPageTest` writes this page from them");
    line(
        "(`./mvnw -pl smmu-domain test -Dtest=FieldsPageTest -Dfields.write=true`). That `decide`"
            + " does");
    line(
        "what they say is shown by `CommandFieldsTest`, `SteFieldsTest` and"
            + " `RegisterFieldRulesTest`,");
    line("with each field set, cleared and out of range, on SMMUs with and without each feature.");
    identification();
    commands();
    stes();
    contextDescriptors();
    registers();
    line("");
    line("## Accesses");
    line("");
    line("To the register frame:");
    table("what", AccessRules.frame(), FieldRule::field);
    line("");
    line("Of the SMMU to memory:");
    table("what", AccessRules.memory(), FieldRule::field);
    return page.toString();
  }

  private void identification() {
    line("");
    line("## Identification registers");
    line("");
    line(
        "Every field of 6.3.1 to 6.3.8 (`IdField`); bits that no line names are RES0. The last"
            + " two");
    line(
        "columns hold for a vSMMU on a host, whose SMMU walks the guest's tables: how its value"
            + " must");
    line(
        "relate to that of the host's SMMU, and what decides it (`HostCompatibility`). OAS, from"
            + " 0");
    line("on, stands for " + OutputAddressSize.BITS + " bits.");
    line("");
    line(
        "| register | field | bits | Reserved values | the vSMMU's value must be | its value is |");
    line("|---|---|---|---|---|---|");
    for (IdField field : IdField.values()) {
      Optional<HostRule> rule =
          HostCompatibility.rules().stream().filter(it -> it.field() == field).findFirst();
      line(
          "| %s | %s | [%d:%d] | %s | %s | %s |"
              .formatted(
                  field.register(),
                  field.bits().name(),
                  field.bits().msb(),
                  field.bits().lsb(),
                  reserved(field),
                  rule.map(it -> it.relation().text()).orElse(""),
                  rule.map(it -> it.source().text()).orElse("")));
    }
  }

  private static String reserved(IdField field) {
    if (field.bits().width() > 6) {
      return "";
    }
    List<Integer> values =
        IntStream.rangeClosed(0, (1 << field.bits().width()) - 1)
            .filter(value -> !field.allows(value))
            .boxed()
            .toList();
    if (values.isEmpty()) {
      return "";
    }
    return values.size() == 1
        ? values.getFirst().toString()
        : values.getFirst() + " to " + values.getLast();
  }

  private void commands() {
    line("");
    line("## Commands");
    line("");
    line(
        "Of the Non-secure Command queue, in the order in which they apply. An error comes before");
    line(
        "what takes a command's effect (4.1.3). An opcode that is Reserved or IMPLEMENTATION"
            + " DEFINED");
    line("is CERROR_ILL (4.1.1). Bits that no field has are ignored (4.1.5).");
    table(
        "command | field",
        CommandRules.all(),
        rule ->
            rule.commands().stream().map(CommandOpcode::name).collect(Collectors.joining(", "))
                + " | "
                + rule.field());
    line("");
    line("Fields that count as written, apart from the lines above:");
    line("");
    line("| command | fields |");
    line("|---|---|");
    for (CommandOpcode opcode : CommandOpcode.values()) {
      line("| " + opcode + " | " + String.join(", ", names(opcode.fields())) + " |");
    }
  }

  private void stes() {
    line("");
    line("## Stream Table Entries");
    line("");
    line(
        "Of the Non-secure Stream table; first what makes an STE ILLEGAL, then what it counts as.");
    line(
        "The host gets S1DSS, S1CIR, S1COR, S1CSH, S1STALLD, EATS and word 0 of what it counts"
            + " as;");
    line("EATS only where the device has ATS too.");
    table("field", SteRules.all(), FieldRule::field);
  }

  private void contextDescriptors() {
    line("");
    line("## Context Descriptors");
    line("");
    line("No decision reads a CD: the physical SMMU fetches it from the guest's memory, checks it");
    line(
        "(5.4.1, C_BAD_CD) and reports what is wrong. Invalidations of CDs go to the host."
            + " Fields:");
    line(String.join(", ", names(CdFields.TABLE)) + ".");
  }

  private void registers() {
    line("");
    line("## Registers");
    line("");
    line("Bits that an SMMU does not have; bits outside of fields never exist:");
    table(
        "register | field",
        RegisterRules.conditional(),
        rule -> rule.register() + " | " + rule.field());
    line("");
    line(
        "Bits that are read-only while what they configure is enabled; a write is ignored, which"
            + " is");
    line("the only behaviour from SMMUv3.2 on:");
    line("");
    line("| register | bits | while | section |");
    line("|---|---|---|---|");
    for (RegisterGuard guard : RegisterRules.guarded()) {
      String bits = guard.bits() == -1L ? "all" : "0x%x".formatted(guard.bits());
      line(
          "| %s | %s | %s.%s = 1 | %s |"
              .formatted(
                  guard.register(),
                  bits,
                  guard.control(),
                  guard.enables().name(),
                  guard.section()));
    }
    line("");
    line("Values with a behaviour of their own:");
    table(
        "register | field",
        RegisterRules.special(),
        rule -> rule.register() + " | " + rule.field());
    line("");
    line("Read-only registers, which ignore writes (6.2): " + readOnly() + ".");
  }

  private static String readOnly() {
    List<String> names = new ArrayList<>();
    for (Register register : Register.values()) {
      if (register.mode() == Register.Mode.RO) {
        names.add(register.name());
      }
    }
    return String.join(", ", names);
  }

  private <R extends FieldRule> void table(
      String first, List<R> rules, Function<R, String> subject) {
    line("");
    line("| " + first + " " + HEAD);
    line("|---".repeat(first.split("\\|", -1).length + 4) + "|");
    for (R rule : rules) {
      line(
          "| %s | %s | %s | %s | %s |"
              .formatted(
                  subject.apply(rule),
                  rule.when(),
                  rule.says().text(),
                  rule.section(),
                  rule.choice()));
    }
  }

  private void line(String text) {
    page.append(text).append('\n');
  }
}
