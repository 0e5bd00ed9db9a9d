package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "platform",
    description = "Shows what the machine around a vSMMU has to have: doorbell, window, PASIDs.")
final class PlatformCommand extends VsmmuCommand {

  @Option(
      names = "--msi",
      paramLabel = "CONTROLLER",
      description =
          "its (default) or gicv2m; for a vSMMU of a VM the description of its machine has it.")
  private @Nullable MsiController msi;

  @Option(
      names = "--pasid-offset",
      paramLabel = "OFFSET",
      description = "Where to put the capability, such as 0x200. Default: the last free place.",
      converter = Hexadecimal.CapabilityOffsetConverter.class)
  private @Nullable Hexadecimal pasidOffset;

  /** Where the devices of the machine send their MSIs; the values of {@code --msi}. */
  enum MsiController {
    ITS,
    GICV2M;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = new UrlQuery().with("msi", msi).with("pasidOffset", pasidOffset);
    print(service.get(path() + "/platform" + query));
    return ExitCode.OK;
  }
}
