package io.vsmmu.acceptance.rest;

import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.output.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A call of the command line in this process, against a service that runs.
 *
 * @param code the exit code
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record CommandRun(int code, String out, String err) {

  /** The width of a terminal that people use. */
  static final int COLUMNS = 100;

  /**
   * Calls a command and waits for its end.
   *
   * @param port of the service
   * @param columns width of the terminal
   */
  static CommandRun at(int port, int columns, String... arguments) {
    return at(port, columns, new StringWriter(), arguments);
  }

  /** As {@link #at(int, int, String...)}, with what is printed while it runs. */
  static CommandRun at(int port, int columns, StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of("--url", "http://127.0.0.1:" + port, "--token-file", TestToken.FILE.toString()));
    int code =
        CommandLines.create(
                all.toArray(String[]::new),
                settings -> {
                  throw new IllegalStateException("not to be started by this test");
                },
                new Screen(columns),
                new PrintWriter(out),
                new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new CommandRun(code, out.toString(), err.toString());
  }
}
