package io.vsmmu.cli;

import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.service.ServiceStarter;
import io.vsmmu.testing.StubService;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What one run of the command line printed, and how it ended. */
record Invocation(int code, String out, String err) {

  static final ServiceStarter NO_SERVICE =
      settings -> {
        throw new IllegalStateException("not to be started by this test");
      };

  static Invocation of(String... arguments) {
    return with(NO_SERVICE, arguments);
  }

  static Invocation with(ServiceStarter starter, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        CommandLines.create(
                arguments,
                starter,
                new Screen(Screen.WITHOUT_TERMINAL),
                new PrintWriter(out),
                new PrintWriter(err))
            .execute(arguments);
    return new Invocation(code, out.toString(), err.toString());
  }

  /** The command line, for looking at it. */
  static CommandLine commands() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return CommandLines.create(
        new String[0], NO_SERVICE, new Screen(Screen.WITHOUT_TERMINAL), nowhere, nowhere);
  }

  /** Asks the stub. */
  static Invocation at(StubService service, String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--url";
    all[arguments.length + 1] = service.url().toString();
    return of(all);
  }
}
