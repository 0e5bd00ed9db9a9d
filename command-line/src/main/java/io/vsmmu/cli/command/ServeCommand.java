package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ConsoleAddress;
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
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "serve", description = "Runs the service until a signal ends it.")
public final class ServeCommand implements Callable<Integer> {

  private final ServiceStarter starter;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "TCP port, 0 takes a free one. Default: 8080.",
      defaultValue = "" + Ports.DEFAULT,
      converter = Port.class)
  private long port;

  /** A TCP port, of which 0 means any free one. */
  public static final class Port extends WholeNumber {
    public Port() {
      super(0, 0xffff, "0 to 65535, of which 0 takes a free one");
    }
  }

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Database and sockets. Default: .vsmmu/data beside the launcher. One service at a time.")
  private Path dataDir = DefaultFolders.data();

  @Option(
      names = "--journal-dir",
      paramLabel = "DIR",
      description =
          "The journal, for instance on a faster or more durable disk. Default: journal in the data"
              + " directory.")
  private @Nullable Path journalDir;

  @Option(
      names = "--accept-journal-loss",
      description =
          "Start although the journal lacks acknowledged events, and go on without them"
              + " (service.md).")
  private boolean acceptJournalLoss;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "simulated (default), or iommufd: this machine's kernel. What it needs is in host.md;"
              + " without it the service starts all the same, and refuses only what needs the"
              + " host.",
      defaultValue = "simulated")
  private HostKind host = HostKind.SIMULATED;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "Address to listen on. Default: 127.0.0.1, which only this machine reaches.",
      defaultValue = "127.0.0.1")
  private String listen = "127.0.0.1";

  public ServeCommand(ServiceStarter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws InterruptedException {
    Ports.check(listen, Math.toIntExact(port));
    try (ClaimedDirectory directory = ClaimedDirectory.claim(dataDir);
        LocalService service = start(directory)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("vsmmu answers at " + service.url());
      if (System.getProperty(Screen.MEASURED) != null) {
        // For a person at a terminal only: a reader of a log could be the first to use the code.
        out.println(
            "The console, once and within 5 minutes (./vsmmu console gives another address): "
                + ConsoleAddress.of(service.url(), service.sessionCode(), ""));
      }
      out.flush();
      service.awaitEnd();
    }
    return ExitCode.OK.value();
  }

  private LocalService start(ClaimedDirectory directory) {
    Path journal = journalDir == null ? directory.path().resolve("journal") : journalDir;
    ServiceSettings settings =
        new ServiceSettings(
            directory.path(),
            journal,
            acceptJournalLoss,
            Math.toIntExact(port),
            listen,
            host.toString());
    try {
      return starter.start(settings);
    } catch (RuntimeException e) {
      throw StartFailure.of(e, "More is in the lines above; see also docs/cli.md");
    }
  }

  /** The values of {@code --host}. */
  enum HostKind {
    /** A model of the kernel in this process; it touches no hardware. */
    SIMULATED,
    /** The iommufd of this machine's kernel. */
    IOMMUFD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
