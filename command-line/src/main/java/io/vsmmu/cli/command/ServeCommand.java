package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
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
      description = "TCP port; 0 takes a free one (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + Ports.DEFAULT)
  private int port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Database and sockets (default: .vsmmu/data beside the launcher).")
  private Path dataDir = DefaultFolders.data();

  @Option(
      names = "--journal-dir",
      paramLabel = "DIR",
      description = "The journal (default: journal in the data directory).")
  private @Nullable Path journalDir;

  @Option(
      names = "--accept-journal-loss",
      description = "Start although the journal lacks acknowledged events.")
  private boolean acceptJournalLoss;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "simulated")
  private HostKind host = HostKind.SIMULATED;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).",
      defaultValue = "127.0.0.1")
  private String listen = "127.0.0.1";

  public ServeCommand(ServiceStarter starter) {
    this.starter = starter;
  }

  @Override
  public Integer call() throws InterruptedException {
    Ports.check(listen, port);
    try (ClaimedDirectory directory = ClaimedDirectory.claim(dataDir);
        LocalService service = start(directory)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("vsmmu answers at " + service.url());
      out.flush();
      service.awaitEnd();
    }
    return ExitCode.OK.value();
  }

  private LocalService start(ClaimedDirectory directory) {
    Path journal = journalDir == null ? directory.path().resolve("journal") : journalDir;
    ServiceSettings settings =
        new ServiceSettings(
            directory.path(), journal, acceptJournalLoss, port, listen, host.toString());
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
