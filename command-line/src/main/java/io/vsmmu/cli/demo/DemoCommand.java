package io.vsmmu.cli.demo;

import io.vsmmu.cli.client.ConsoleAddress;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.ServiceToken;
import io.vsmmu.cli.command.ServeCommand;
import io.vsmmu.cli.command.ServiceUrl;
import io.vsmmu.cli.demo.DemoRun.DemoResult;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.service.ClaimedDirectory;
import io.vsmmu.cli.service.DefaultFolders;
import io.vsmmu.cli.service.LocalService;
import io.vsmmu.cli.service.Ports;
import io.vsmmu.cli.service.ServiceSettings;
import io.vsmmu.cli.service.ServiceStarter;
import io.vsmmu.cli.service.StartFailure;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description =
        "Starts a service with a simulated host, imports a real recording, replays it both ways and"
            + " shows what happened; stays until Ctrl-C.")
public final class DemoCommand implements Callable<Integer> {

  private static final String LISTEN = "127.0.0.1";
  private static final String HOST = "simulated";
  private static final String LOG_FILE = "vsmmu.log";

  private final ServiceStarter starter;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--once",
      description = "End when the summary is printed; without it the service stays until Ctrl-C.")
  private boolean once;

  @Option(
      names = "--json",
      description = "One JSON object on standard output instead of the summary.")
  private boolean json;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Database and log file; existing ones are kept. Default: .vsmmu/demo beside the launcher,"
              + " emptied first.")
  private @Nullable Path dataDir;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "TCP port, 0 takes a free one. Default: 8080 if it is free, else any; with --once any.",
      converter = ServeCommand.Port.class)
  private @Nullable Long port;

  public DemoCommand(ServiceStarter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws InterruptedException {
    int chosen = choosePort();
    Ports.check(LISTEN, chosen);
    try (ClaimedDirectory directory =
        ClaimedDirectory.claim(dataDir == null ? DefaultFolders.demo() : dataDir)) {
      if (dataDir == null) {
        DemoFolder.empty(directory);
      }
      show(directory.path(), chosen);
    }
    return ExitCode.OK.value();
  }

  private int choosePort() {
    if (port != null) {
      return Math.toIntExact(port);
    }
    return once ? 0 : Ports.defaultOrAny(LISTEN);
  }

  private void show(Path directory, int chosen) throws InterruptedException {
    progress("Starting the service in " + directory);
    try (LocalService service = start(directory, chosen)) {
      DemoResult outcome =
          new DemoRun(
                  new ServiceClient(service.url(), ServiceToken.of(service.token())),
                  this::progress)
              .run(BundledRecording.E1000E);
      print(outcome);
      if (once) {
        bye(outcome);
      } else {
        stay(service, outcome);
      }
    }
  }

  /** Starts the service with its log in a file, because standard output belongs to the summary. */
  private LocalService start(Path directory, int chosen) {
    Path log = directory.resolve(LOG_FILE);
    System.setProperty("logging.file.name", log.toString());
    System.setProperty("logging.threshold.console", "OFF");
    try {
      return starter.start(new ServiceSettings(directory, chosen, LISTEN, HOST));
    } catch (RuntimeException e) {
      throw StartFailure.of(e, "More is in " + log);
    }
  }

  private void print(DemoResult outcome) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          ServiceClient.JSON
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(DemoReport.of(outcome)));
    } else {
      new DemoSummary(out, Screen.of(spec).columns()).print(BundledRecording.E1000E, outcome);
    }
    out.flush();
  }

  private void stay(LocalService service, DemoResult outcome) throws InterruptedException {
    URI url = service.url();
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    out.println();
    for (String view : NextSteps.views(outcome)) {
      out.println("Go to " + ConsoleAddress.of(url, service.sessionCode(), view));
    }
    out.println("(once and within 5 minutes; ./vsmmu console gives another address)");
    out.println("or try, in another terminal:");
    NextSteps.of(outcome, url, System.getenv()).forEach(step -> out.println("  " + step));
    out.println("Ctrl-C ends it.");
    out.flush();
    service.awaitEnd();
  }

  /** The commands are for a service that stays, at the default address: this one ends now. */
  private void bye(DemoResult outcome) {
    if (!json) {
      PrintWriter out = spec.commandLine().getOut();
      out.println();
      out.println(
          "Next: start ./vsmmu demo without --once, which stays, and try in another terminal:");
      URI standard = ServiceUrl.withoutOption(Map.of());
      NextSteps.of(outcome, standard, System.getenv()).forEach(step -> out.println("  " + step));
      out.flush();
    }
  }

  private void progress(String step) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(step + " ...");
    err.flush();
  }
}
