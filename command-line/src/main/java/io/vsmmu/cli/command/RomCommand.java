package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.output.DestinationFile;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rom}. */
@Command(
    name = "rom",
    description = "Writes the option ROM by which UEFI firmware tells a guest of its vSMMUs.")
final class RomCommand extends VsmmuCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "Where the ROM goes.")
  private Path file = Path.of("");

  @Override
  ExitCode ask(ServiceClient service) {
    long bytes = new DestinationFile(file).write(() -> service.download(path() + "/rom"));
    note("wrote %d bytes to %s".formatted(bytes, file));
    return ExitCode.OK;
  }
}
