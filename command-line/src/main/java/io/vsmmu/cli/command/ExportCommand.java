package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.DestinationFile;
import io.vsmmu.cli.output.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description =
        "Writes the log of a vSMMU, or a part of it, into a file, which is replaced when it is"
            + " complete.")
final class ExportCommand extends VsmmuCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "1", paramLabel = "FILE", description = "File that the log is written to.")
  private Path file = Path.of("");

  @Option(
      names = "--perfetto",
      description =
          "A trace that ui.perfetto.dev opens, instead of a log that 'import' takes back.")
  private boolean perfetto;

  @Mixin private Interval part = new Interval();

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = new UrlQuery();
    part.addTo(query);
    if (perfetto && !query.toString().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--from and --to do not go with --perfetto, which has the whole log");
    }
    String path = path() + (perfetto ? "/trace" : "/export" + query);
    long bytes = new DestinationFile(file).write(() -> service.download(path));
    note("wrote %d bytes to %s".formatted(bytes, file));
    return ExitCode.OK;
  }
}
