package io.vsmmu.platform.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.platform.BuildResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated tables, disassembled by iasl, compile to the same bytes. */
@Tag("slow")
class IaslTest {

  /** The first release that knows the nodes of DEN 0049E.d. */
  private static final int KNOWS_REVISION_5 = 20220331;

  private static final Optional<Iasl> IASL = Iasl.find();

  @TempDir private Path folder;

  private static Iasl iasl(int least) {
    assumeTrue(
        IASL.isPresent(), "no iasl: install acpica-tools or let VSMMU_IASL name an executable");
    Iasl iasl = IASL.orElseThrow();
    assumeTrue(
        iasl.version() >= least,
        iasl.command() + " is " + iasl.version() + ", but IORT revision 5 needs " + least);
    return iasl;
  }

  private static IortLayout createdBy(Iasl iasl, IortLayout layout) {
    return new IortLayout(
        iasl.identity(), layout.itsGroups(), layout.smmus(), layout.rootComplexes());
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void an_iort_compiles_to_the_same_bytes(IortLayout layout) throws IOException {
    Iasl iasl = iasl(KNOWS_REVISION_5);

    comesBack(iasl, BuildResults.made(IortBuilder.build(createdBy(iasl, layout))));
  }

  static Stream<IortLayout> layouts() {
    return Stream.concat(
        Stream.of(Layouts.accelerated(), Layouts.three(), Layouts.gicv2m()),
        LongStream.range(1000, 1010).mapToObj(Layouts::random));
  }

  /** A root complex of revision 4 ends with four bytes that iasl reads and does not write. */
  @Test
  void an_iort_with_pasids_disassembles_without_a_complaint() throws IOException {
    Iasl iasl = iasl(KNOWS_REVISION_5);
    AcpiTable table = BuildResults.made(IortBuilder.build(createdBy(iasl, Layouts.withPasid())));

    String source = disassembled(iasl, table);

    assertThat(source).containsPattern("PASID Capabilities : 0014");
    assertThat(source).containsPattern("Base Address of RMR : 0000000008000000");
  }

  @ParameterizedTest
  @MethodSource("bridges")
  void a_dsm_compiles_to_the_same_bytes(List<String> bridges) throws IOException {
    Iasl iasl = iasl(0);
    AcpiTable table = BuildResults.made(PreserveBootConfiguration.build(iasl.identity(), bridges));

    String source = comesBack(iasl, table);

    assertThat(source).containsIgnoringCase("ToUUID (\"E5C937D0-3553-4D7A-9117-EA4D19C3434D\")");
  }

  static Stream<List<String>> bridges() {
    List<String> many = LongStream.range(0, 40).mapToObj(i -> "\\_SB.P%03X".formatted(i)).toList();
    return Stream.of(
        List.of("\\_SB.PCI0"),
        List.of("\\_SB.PCI0", "\\_SB.PC08"),
        List.of("\\_SB.PCI0", "\\_SB.PCI0.PC20", "\\PCI1", "\\_SB.A"),
        List.of("\\_SB.A", "\\_SB.AB", "\\_SB.A.B", "\\_SB.A1", "\\_SB.A_1", "\\_SB._A", "\\A.B.C"),
        many);
  }

  private String disassembled(Iasl iasl, AcpiTable table) throws IOException {
    Files.write(folder.resolve("ours.aml"), table.bytes());
    Iasl.Run run = iasl.run(folder, "-p", "theirs", "-d", "ours.aml");
    String source = Files.readString(folder.resolve("theirs.dsl"));
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.output() + source)
        .doesNotContainIgnoringCase("error")
        .doesNotContainIgnoringCase("warning")
        .doesNotContainIgnoringCase("invalid")
        .doesNotContainIgnoringCase("unknown");
    return source;
  }

  private String comesBack(Iasl iasl, AcpiTable table) throws IOException {
    String source = disassembled(iasl, table);
    Iasl.Run run = iasl.run(folder, "-p", "back", "theirs.dsl");
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.output()).contains("0 Errors, 0 Warnings");
    assertThat(Files.readAllBytes(folder.resolve("back.aml"))).isEqualTo(table.bytes());
    return source;
  }
}
