package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.file.LogFileCheck;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "verify",
    description =
        "Checks the hash chain of a log, or an exported file without a service; exit code 1 if it"
            + " is broken.")
final class VerifyCommand extends RemoteCommand {

  /** That of the samples, which a vSMMU's name may end with, too, but hardly does. */
  private static final String SUFFIX = ".vsmmulog";

  @Parameters(
      index = "0",
      paramLabel = "NAME|FILE",
      description =
          "Name of the vSMMU, or path of a file that 'export' wrote, which then takes precedence.")
  private String nameOrFile = "";

  @Override
  ExitCode ask(ServiceClient service) {
    Optional<Path> file = file();
    if (file.isPresent()) {
      return check(file.get());
    }
    if (!canBeName(nameOrFile)) {
      throw wrong(
          "FILE '%s' %s; allowed: a file that 'export' wrote, or the name of a vSMMU"
              .formatted(nameOrFile, isThere() ? "is not a regular file" : "does not exist"));
    }
    Reply reply = service.get(vsmmu(nameOrFile) + "/chain");
    print(reply);
    return reply.body().path("intact").asBoolean(false) ? ExitCode.OK : ExitCode.NO;
  }

  private Optional<Path> file() {
    try {
      return Optional.of(Path.of(nameOrFile)).filter(this::isMeant);
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }

  private boolean isThere() {
    try {
      return Files.exists(Path.of(nameOrFile));
    } catch (InvalidPathException notAPath) {
      return false;
    }
  }

  /** A file may be damaged where it says that it is a log. */
  private boolean isMeant(Path path) {
    boolean onlyFile = !canBeName(nameOrFile) || nameOrFile.endsWith(SUFFIX);
    return onlyFile ? Files.isRegularFile(path) : LogFileCheck.isLogFile(path);
  }

  private ExitCode check(Path file) {
    LogFileCheck.Result result;
    try {
      result = LogFileCheck.of(file);
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.LOCAL, "FILE '%s' cannot be read: %s".formatted(file, unreadable.getMessage()));
    }
    ObjectNode shown = ServiceClient.JSON.createObjectNode();
    shown.put("vsmmu", result.vsmmu()).put("intact", result.intact());
    shown.put("events", result.events()).put("lastSequence", result.lastSequence());
    result
        .part()
        .ifPresent(
            part ->
                shown
                    .putObject("partOf")
                    .put("events", part.events())
                    .put("firstSequence", part.firstSequence())
                    .put("firstPosition", part.firstPosition())
                    .put("lastPosition", part.lastPosition())
                    .put(
                        "stateBefore",
                        result.state().isPresent()
                            ? "readable"
                            : "written by another version, so that import refuses the file"));
    if (!result.intact()) {
      shown.put("broken", result.broken());
    }
    print(new Reply(shown.toString(), shown, null, null));
    return result.intact() ? ExitCode.OK : ExitCode.NO;
  }
}
