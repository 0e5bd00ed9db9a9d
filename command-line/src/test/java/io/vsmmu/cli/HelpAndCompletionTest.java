package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.Screen;
import io.vsmmu.testing.StubService;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class HelpAndCompletionTest {

  @AutoClose private final StubService service = new StubService();

  @ParameterizedTest
  @CsvSource({"'',--help", "state,state --help", "vms list,vms list --help", "vms,vms --help"})
  void help_of_a_command_is_what_its_option_tells(String command, String option) {
    Invocation help = Invocation.of(("help " + command).strip().split(" "));

    assertThat(help.code()).isZero();
    assertThat(help.out()).isEqualTo(Invocation.of(option.split(" ")).out()).contains("Usage:");
  }

  @Test
  void only_the_command_that_is_called_is_made_and_every_one_is_found_by_its_name() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Screen screen = new Screen(Screen.WITHOUT_TERMINAL);
    for (CommandLine known : Invocation.commands().getSubcommands().values()) {
      String name = known.getCommandName();
      String[] arguments = {name, "--help"};

      CommandLine made =
          CommandLines.create(arguments, Invocation.NO_SERVICE, screen, nowhere, nowhere);

      if (!Set.of("help", "complete").contains(name)) {
        assertThat(made.getSubcommands()).containsOnlyKeys(name);
      }
      assertThat(made.getSubcommands().get(name).getUsageMessage())
          .isEqualTo(known.getUsageMessage());
    }
  }

  @Test
  void the_list_of_commands_has_help_and_completion() {
    assertThat(Invocation.of("help").out()).contains("  help ", "  completion ", "  audit ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inval | invalidations",
        "events g --as | --asid",
        "events g --asid | --asid",
        "create g --ats o | on off",
        "create g --ats=o | --ats=on --ats=off",
        "lint g --rule FAULT_S | FAULT_STORM",
        "lint g --rule FAULT,HWPT | FAULT,HWPT_LEAK",
        "events g --type VsmmuPaused,VsmmuRes | VsmmuPaused,VsmmuReset VsmmuPaused,VsmmuResumed",
        "what-if g --set ril=o | ril=on ril=off",
        "what-if g --set=ats=a | --set=ats=auto",
        "replay g --host l | local",
        "audit --method P | POST PUT PATCH",
        "events g --type StreamC | StreamConfigured",
        "vms cr | create",
        "notes add g 67 --boo | --bookmark",
        "export g some | ''",
        "no-such-command | ''"
      })
  void a_word_is_completed_to_commands_options_and_values(String words, String expected) {
    assertThat(candidates(words.split(" "))).containsExactly(expected.split(" "));
  }

  @Test
  void a_new_word_may_be_every_command_that_is_not_hidden() {
    assertThat(Invocation.of("complete", "--", "0").out().lines())
        .anyMatch(line -> line.startsWith("state\tShows"))
        .noneMatch(line -> line.startsWith("complete\t"));
  }

  @Test
  void what_the_service_knows_is_left_out_while_there_is_none() {
    String nowhere = "http://127.0.0.1:1";

    Invocation asked = Invocation.of("complete", "--", "3", "state", "--url", nowhere, "");

    assertThat(asked.code()).isZero();
    assertThat(asked.out()).isEmpty();
    assertThat(asked.err()).isEmpty();
  }

  @Test
  void what_the_service_knows_is_completed_each_once_with_what_it_is() {
    service.on(
        "GET /api/v1/vsmmus/g/state",
        200,
        """
        {"position":90,"streams":[{"sid":"0x900","since":65,"configuration":"TRANSLATE"},
        {"sid":"0xa00","since":90,"configuration":"BYPASS"}]}\
        """);
    service.on(
        "GET /api/v1/vsmmus/g/notes?limit=1000",
        200,
        """
        {"items":[{"id":4,"position":65,"bookmark":"nic-translates","text":""},
        {"id":5,"position":70,"bookmark":null,"text":"odd\\nor not"}]}\
        """);

    assertThat(completed("why", "g", ""))
        .containsExactly(
            "65\tstream 0x900 is on TRANSLATE; nic-translates",
            "90\tstream 0xa00 is on BYPASS; the newest event",
            "@nic-translates\tposition 65",
            "70\todd");
    for (String line :
        List.of(
            "state g --at",
            "find g x --next",
            "find g x --from",
            "events g --around",
            "export g f --to",
            "replay g --until",
            "what-if g --leave-out",
            "step g",
            "diff g 1",
            "notes add g",
            "timeline g --to",
            "compare g h --to")) {
      assertThat(completed((line + " @n").split(" ")))
          .as(line)
          .containsExactly("@nic-translates\tposition 65");
    }
    assertThat(completed("notes", "delete", "g", ""))
        .containsExactly("4\tposition 65 nic-translates", "5\tposition 70  odd");
    assertThat(completed("step", "g", "1", "--sid", "0x9")).containsExactly("0x900\tTRANSLATE");
  }

  private List<String> completed(String... words) {
    List<String> call =
        new ArrayList<>(List.of("complete", "--", "" + words.length, "--url=" + service.url()));
    call.addAll(List.of(words));
    return Invocation.of(call.toArray(String[]::new)).out().lines().toList();
  }

  @ParameterizedTest
  @EnumSource(Script.class)
  void each_shell_asks_the_program_itself(Script shell, @TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(shell.exists(), shell.program + " is not installed");
    Path launcher = Files.writeString(folder.resolve("vsmmu"), LAUNCHER);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Invocation printed = Invocation.of("completion", shell.program);
    Path script = Files.writeString(folder.resolve("completion"), printed.out());

    String out = shell.run(folder, script);

    assertThat(printed.code()).isZero();
    assertThat(out.strip().lines().map(String::strip)).contains("complete -- 1 events --as");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "why g @ nic           | why g @nic            | complete -- 2 why g @nic",
        "create g --ats = o    | create g --ats=o      | complete -- 2 create g --ats=o",
        "what-if g --set ril = | what-if g --set ril=  | complete -- 3 what-if g --set ril=",
        "why g @               | why  g  @             | complete -- 2 why g @",
        "vsmmus --url http : //x | vsmmus --url http://x | complete -- 2 vsmmus --url http://x",
      })
  void bash_puts_the_words_together_that_it_has_divided(
      String divided, String typed, String asked, @TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(Script.BASH.exists(), "bash is not installed");
    Path launcher = Files.writeString(folder.resolve("vsmmu"), LAUNCHER);
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Path script =
        Files.writeString(folder.resolve("completion"), Invocation.of("completion", "bash").out());
    String line =
        "source '%s'; COMP_LINE='%s/vsmmu %s'; COMP_WORDS=('%s/vsmmu' %s); COMP_CWORD=%d;"
                .formatted(
                    script,
                    folder,
                    typed.strip(),
                    folder,
                    divided.strip(),
                    divided.strip().split(" ").length)
            + " _vsmmu_complete; printf '%s\n' \"${COMPREPLY[@]}\"";

    assertThat(Script.BASH.run(line).strip()).isEqualTo(asked.strip());
  }

  /** Answers with its own arguments in one line. */
  private static final String LAUNCHER = "#!/bin/sh\necho \"$*\"\n";

  /** A shell, and what makes it complete {@code vsmmu events --as}. */
  private enum Script {
    BASH(
        "bash",
        "source '%2$s'; COMP_LINE='%1$s/vsmmu events --as'; COMP_WORDS=('%1$s/vsmmu' events --as);"
            + " COMP_CWORD=2; _vsmmu_complete;"
            + " printf '%%s\\n' \"${COMPREPLY[@]}\""),
    ZSH(
        "zsh",
        "compdef() { :; }; source '%2$s'; words=('%1$s/vsmmu' events --as); CURRENT=3;"
            + " _describe() { printf '%%s\\n' \"${found[@]}\"; }; _vsmmu_complete"),
    FISH("fish", "set -x PATH '%1$s' $PATH; source '%2$s'; complete -C 'vsmmu events --as'");

    private final String program;
    private final String line;

    Script(String program, String line) {
      this.program = program;
      this.line = line;
    }

    boolean exists() {
      return Stream.of(System.getenv("PATH").split(":"))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    String run(Path folder, Path script) throws Exception {
      return run(line.formatted(folder, script));
    }

    String run(String command) throws Exception {
      Process process =
          new ProcessBuilder(program, "-c", command).redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return out;
    }
  }

  private static String[] candidates(String... words) {
    List<String> call = new ArrayList<>(List.of("complete", "--", "" + (words.length - 1)));
    call.addAll(List.of(words));
    String out = Invocation.of(call.toArray(String[]::new)).out();
    String[] found = out.lines().map(line -> line.split("\t")[0]).toArray(String[]::new);
    return found.length == 0 ? new String[] {""} : found;
  }
}
