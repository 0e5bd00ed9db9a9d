package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Answers the scripts that {@link CompletionCommand} prints. Each line is what the word can become,
 * and behind a tab what that is.
 */
@Command(
    name = "complete",
    hidden = true,
    description = "Prints what a word of a command line can become; for the scripts of completion.")
public final class CompleteCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "INDEX",
      description = "Which of the words is completed, from 0; their number for a new one.",
      converter = Index.class)
  private long index;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "WORD",
      description = "The words behind vsmmu.")
  private List<String> words = new ArrayList<>();

  private static final class Index extends WholeNumber {
    Index() {
      super(0, Integer.MAX_VALUE);
    }
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PartialLine line = PartialLine.of(spec.root(), words, Math.toIntExact(index));
    for (Candidate candidate : new Candidates(line).all()) {
      out.println(
          candidate.about().isEmpty()
              ? candidate.word()
              : candidate.word() + "\t" + candidate.about());
    }
    out.flush();
    return ExitCode.OK.value();
  }
}
