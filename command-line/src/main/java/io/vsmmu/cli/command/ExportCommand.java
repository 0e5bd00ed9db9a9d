package io.vsmmu.cli.command;

import io.vsmmu.cli.client.CheckpointClient;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.DestinationFile;
import io.vsmmu.cli.output.ExitCode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description =
        "Writes the log of a vSMMU, or a part of it, into a file, which is replaced when it is"
            + " complete.")
final class ExportCommand extends VsmmuCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "File that the log is written to.")
  private Path file = Path.of("");

  @Option(names = "--perfetto", description = "A trace for ui.perfetto.dev instead.")
  private boolean perfetto;

  @Option(
      names = "--proof",
      paramLabel = "PROOF",
      description =
          "Also write the proof that the newest checkpoint has these events, into this file.")
  private @Nullable Path proof;

  @Mixin private Interval part = new Interval();

  @Override
  ExitCode ask(ServiceClient service) {
    part.check(this);
    UrlQuery query = new UrlQuery();
    part.addTo(query);
    if (perfetto && !query.toString().isEmpty()) {
      throw wrong("--from and --to do not go with --perfetto, which has the whole log");
    }
    if (proof != null && (perfetto || part.to() != null)) {
      throw wrong(
          "--proof does not go with --to and --perfetto: it proves events up to the newest");
    }
    if (proof != null) {
      // Before the log, which has everything then that the checkpoint has.
      String head = new CheckpointClient(service).proof(name());
      new DestinationFile(proof)
          .write(() -> new ByteArrayInputStream(head.getBytes(StandardCharsets.UTF_8)));
      note("wrote the proof to " + proof);
    }
    String path = path() + (perfetto ? "/trace" : "/export" + query);
    long bytes = new DestinationFile(file).write(() -> service.download(path));
    note("wrote %d bytes to %s".formatted(bytes, file));
    return ExitCode.OK;
  }
}
