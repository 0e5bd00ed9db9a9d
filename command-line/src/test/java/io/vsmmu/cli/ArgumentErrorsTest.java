package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          events g --after -1        | --after  | -1      | 0 to 9223372036854775807
          events g --limit x         | --limit  | x       | 1 to 1000
          events g --sid 0x100000000 | --sid    | 0x1000  | 0x0 to 0xffffffff
          events g --asid 0x10000    | --asid   | 0x10000 | 0x0 to 0xffff
          events g --va 0xzz         | --va     | 0xzz    | 0xffffffffffffffff
          state g --at yesterday     | --at     | yester  | an instant such as
          diff g 1 two               | TO       | two     | a position
          why g -                    | POSITION | '-'     | 0 to
          streams g eth0             | SID      | eth0    | 0xffffffff
          replay g --mode x          | --mode   | x       | events, commands
          import f --format pcap     | --format | pcap    | qemu-trace, vsmmu
          vsmmus --url ftp://x       | --url    | ftp     | http://HOST:PORT
          vsmmus -o xml              | --output | xml     | table, json
          create g --ats maybe       | --ats    | maybe   | auto, on, off
          serve --host kvm           | --host   | kvm     | simulated, iommufd
          serve --port 65536         | --port   | 65536   | 0 to 65535
          serve --port many          | --port   | many    | 0 to 65535
          demo --port -2             | --port   | -2      | 0 to 65535
          """)
  void a_wrong_value_is_told_with_its_name_and_what_is_allowed(
      String line, String name, String value, String allowed) {
    Invocation run = Invocation.of(line.strip().split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains(name, value, allowed).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "state,NAME",
    "diff g 1,TO",
    "export g,FILE",
    "frobnicate,frobnicate",
    "state g --x,--x"
  })
  void what_is_missing_or_unknown_is_named(String line, String named) {
    Invocation run = Invocation.of(line.split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains(named);
  }

  @Test
  void a_file_that_is_not_there_is_a_wrong_argument(@TempDir Path folder) {
    Invocation missing = Invocation.of("import", folder.resolve("no.log").toString());
    Invocation directory = Invocation.of("import", folder.toString());

    assertThat(missing.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(missing.err()).contains("FILE", "no.log", "no such file");
    assertThat(directory.err()).contains("not a regular file");
  }

  @Test
  void help_lists_every_exit_code() {
    Invocation run = Invocation.of("--help");

    assertThat(run.code()).isZero();
    for (ExitCode code : ExitCode.values()) {
      assertThat(run.out()).contains(code.value() + " ");
    }
  }
}
