package io.vsmmu.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.cli.outcome.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelpAndCompletionTest {

  @ParameterizedTest
  @CsvSource({"'',--help", "state,state --help", "vms list,vms list --help", "vms,vms --help"})
  void help_of_a_command_is_what_its_option_tells(String command, String option) {
    Invocation help = Invocation.of(("help " + command).strip().split(" "));

    assertThat(help.code()).isZero();
    assertThat(help.out()).isEqualTo(Invocation.of(option.split(" ")).out()).contains("Usage:");
  }

  @Test
  void the_list_of_commands_has_help_and_completion() {
    assertThat(Invocation.of("help").out()).contains("  help ", "  completion ", "  audit ");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void bash_completes_commands_options_and_choices(@TempDir Path folder) throws Exception {
    Invocation printed = Invocation.of("completion", "bash");
    Path script = Files.writeString(folder.resolve("completion"), printed.out());

    assertThat(printed.code()).isZero();
    assertThat(completed(script, "inval")).containsExactly("invalidations");
    assertThat(completed(script, "events", "g", "--as")).containsExactly("--asid");
    assertThat(completed(script, "create", "g", "--ats", "o")).containsExactly("on", "off");
    assertThat(completed(script, "events", "g", "--type", "StreamC"))
        .containsExactly("StreamConfigured");
  }

  @Test
  void zsh_is_told_to_take_bashs_completions_and_other_shells_are_refused() {
    assertThat(Invocation.of("completion", "zsh").out()).contains("bashcompinit", "zsh");
    assertThat(Invocation.of("completion", "fish").code()).isEqualTo(ExitCode.USAGE.value());
  }

  private static String[] completed(Path script, String... words) throws Exception {
    String line =
        "source '%s'; COMP_WORDS=(vsmmu %s); COMP_CWORD=%d; _complete_vsmmu; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, String.join(" ", words), words.length);
    Process bash =
        new ProcessBuilder("bash", "--norc", "-c", line)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(bash.getInputStream().readAllBytes());
    assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return out.lines().map(String::strip).filter(l -> !l.isEmpty()).toArray(String[]::new);
  }
}
