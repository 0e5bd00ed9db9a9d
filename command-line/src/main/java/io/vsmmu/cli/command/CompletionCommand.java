package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints what a shell has to run to complete commands, options and values.",
    footer = "For the shell that runs: source <(./vsmmu completion bash)")
public final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SHELL",
      description = "${COMPLETION-CANDIDATES}.",
      converter = ShellConverter.class)
  private Shell shell = Shell.BASH;

  /**
   * A shell with the script that makes it ask {@link CompleteCommand}. Where that knows nothing,
   * the shell completes file names. bash divides words at {@code =} and {@code @}, too, and
   * replaces only the part behind them: its script puts them together and cuts the answers.
   */
  enum Shell {
    BASH(
        "source <(./vsmmu completion bash)",
        """
        _vsmmu_complete() {
          local i part word about last before rest="$COMP_LINE"
          local -a words=()
          COMPREPLY=()
          for ((i = 0; i <= COMP_CWORD; i++)); do
            part="${COMP_WORDS[i]}"
            if ((i > 0)) && [[ -n "$part" && "$rest" == "$part"* ]]; then
              words[${#words[@]}-1]+="$part"
            else
              words+=("$part")
            fi
            rest="${rest#*"$part"}"
          done
          last="${words[${#words[@]}-1]}"
          case "$part" in [=:]) part="" ;; esac
          before="${last%"$part"}"
          before="${before%@}"
          while IFS=$'\\t' read -r word about; do
            COMPREPLY+=("${word#"$before"}")
          done < <("${words[0]}" complete -- $((${#words[@]} - 2)) "${words[@]:1}" 2>/dev/null)
        }
        complete -o default -F _vsmmu_complete vsmmu
        """),
    ZSH(
        "source <(./vsmmu completion zsh)",
        """
        _vsmmu_complete() {
          local -a found
          local line
          for line in ${(f)"$("${words[1]}" complete -- $((CURRENT - 2)) "${(@)words[2,-1]}" 2>/dev/null)"}; do
            line=${line//:/\\\\:}
            found+=("${line/$'\\t'/:}")
          done
          if (( ${#found} )); then _describe vsmmu found; else _files; fi
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
        compdef _vsmmu_complete vsmmu
        """),
    FISH(
        "./vsmmu completion fish | source",
        """
        function __vsmmu_complete
          set -l words (commandline -opc) (commandline -ct)
          set -l found ($words[1] complete -- (math (count $words) - 2) $words[2..-1] 2>/dev/null)
          if test (count $found) -gt 0
            printf '%s\\n' $found
          else
            __fish_complete_path (commandline -ct)
          end
        end
        complete -c vsmmu -f -a '(__vsmmu_complete)'
        """);

    private final String use;
    private final String script;

    Shell(String use, String script) {
      this.use = use;
      this.script = script;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final class ShellConverter implements ITypeConverter<Shell> {
    @Override
    public Shell convert(String text) {
      return new Choice<>(Shell.class).convert(text);
    }
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println("# For " + shell + ": " + shell.use);
    out.print(shell.script);
    out.flush();
    return ExitCode.OK.value();
  }
}
