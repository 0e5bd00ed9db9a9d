package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.DestinationFile;
import io.vsmmu.cli.output.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Writes the log of a vSMMU into a file, which is replaced when it is complete.")
final class ExportCommand extends VsmmuCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "File that the log is written to.")
  private Path file = Path.of("");

  @Option(
      names = "--perfetto",
      description =
          "A trace that ui.perfetto.dev opens, instead of a log that 'import' takes back.")
  private boolean perfetto;

  @Override
  ExitCode ask(ServiceClient service) {
    long bytes =
        new DestinationFile(file)
            .write(() -> service.download(path() + (perfetto ? "/trace" : "/export")));
    note("wrote %d bytes to %s".formatted(bytes, file));
    return ExitCode.OK;
  }
}
