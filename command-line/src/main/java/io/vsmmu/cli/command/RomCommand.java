package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.DestinationFile;
import io.vsmmu.cli.output.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rom",
    description = "Writes the option ROM by which UEFI firmware announces its vSMMUs to a guest.")
final class RomCommand extends VsmmuCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "File that the ROM is written to.")
  private Path file = Path.of("");

  @Override
  ExitCode ask(ServiceClient service) {
    long bytes = new DestinationFile(file).write(() -> service.download(path() + "/rom"));
    note("wrote %d bytes to %s".formatted(bytes, file));
    return ExitCode.OK;
  }
}
