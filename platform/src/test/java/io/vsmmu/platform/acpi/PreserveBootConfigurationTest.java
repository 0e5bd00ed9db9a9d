package io.vsmmu.platform.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreserveBootConfigurationTest {

  private static BuildResult<AcpiTable> build(String... bridges) {
    return PreserveBootConfiguration.build(AcpiIdentity.DEFAULT, List.of(bridges));
  }

  /** Assembled by hand from ACPI 6.5, chapter 20. */
  @Test
  void function_5_returns_zero_and_function_0_tells_of_it() {
    byte[] table = BuildResults.made(build("\\_SB.PCI0")).bytes();
    String body = HexFormat.of().formatHex(table, AcpiTable.HEADER_BYTES, table.length);

    assertThat(body)
        .isEqualTo(
            "a00f00155c2e5f53425f504349300600" // If (Zero) { External (\_SB.PCI0, DeviceObj) }
                + "1042045c2e5f53425f50434930" // Scope (\_SB.PCI0)
                + "14355f44534d04" // Method (_DSM, 4)
                + "a0299368" // If (Arg0 ==
                + "11130a10d037c9e553357a4d9117ea4d19c3434d" // ToUUID (...))
                + "a009936a00a411030121" // If (Arg2 == Zero) { Return (Buffer (One) {0x21}) }
                + "a007936a0a05a400" // If (Arg2 == 5) { Return (Zero) }
                + "a411030100"); // Return (Buffer (One) {0})
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "_SB.PCI0",
        "\\",
        "\\_SB.",
        "\\_SB.pci0",
        "\\_SB.PCI00",
        "\\_SB.0PCI",
        "\\_SB..A"
      })
  void a_bridge_has_an_absolute_name(String name) {
    assertThat(BuildResults.reason(build(name)).given()).isEqualTo("'" + name + "'");
  }

  @Test
  void a_name_has_a_bounded_number_of_segments() {
    String longest = "\\" + String.join(".", Collections.nCopies(AcpiLimits.PATH_SEGMENTS, "ABCD"));

    assertThat(build(longest)).isInstanceOf(BuildResult.Built.class);
    assertThat(build(longest + ".A")).isInstanceOf(BuildResult.Refused.class);
  }

  @Test
  void each_bridge_is_given_once_however_it_is_written() {
    assertThat(BuildResults.reason(build("\\_SB.PC08", "\\_SB_.PC08")).given())
        .isEqualTo("'\\_SB_.PC08' twice");
  }

  @Test
  void there_is_a_bridge_and_not_too_many() {
    assertThat(BuildResults.reason(build()).field()).isEqualTo("bridges.size");
    String[] many = Collections.nCopies(AcpiLimits.BRIDGES + 1, "\\A").toArray(String[]::new);
    assertThat(BuildResults.reason(build(many)).field()).isEqualTo("bridges.size");
  }
}
