package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
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
      description = "its (the default) or gicv2m; not for a vSMMU of a VM.")
  private @Nullable String msi;

  @Option(
      names = "--pasid-offset",
      paramLabel = "OFFSET",
      description =
          "Where to put a PASID capability, such as 0x200 (default: the last free offset).")
  private @Nullable String pasidOffset;

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = new UrlQuery().with("msi", msi).with("pasidOffset", pasidOffset);
    print(service.get(path() + "/platform" + query));
    return ExitCode.OK;
  }
}
