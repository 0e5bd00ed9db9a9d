package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import io.vsmmu.control.cli.outcome.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code export}. */
@Command(
    name = "export",
    description = "Writes the log of a vSMMU into a file, which is replaced when it is complete.")
final class ExportCommand extends VsmmuCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "Where to write.")
  private Path file = Path.of("");

  @Override
  ExitCode ask(ServiceClient service) {
    Path target = file.toAbsolutePath();
    if (Files.isDirectory(target)) {
      throw refused(ExitCode.USAGE, "it is a directory", null);
    }
    Path part = partOf(target);
    try {
      long bytes = download(service, part);
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      note("wrote %d bytes to %s".formatted(bytes, file));
      return ExitCode.OK;
    } catch (IOException e) {
      throw refused(ExitCode.LOCAL, e.toString(), e);
    } finally {
      discard(part);
    }
  }

  private Path partOf(Path target) {
    try {
      Path folder = target.getParent();
      return Files.createTempFile(
          folder == null ? Path.of(".") : folder, target.getFileName() + ".", ".part");
    } catch (IOException e) {
      throw refused(ExitCode.LOCAL, e.toString(), e);
    }
  }

  private long download(ServiceClient service, Path part) throws IOException {
    try (InputStream in = service.download(path() + "/export");
        OutputStream out = Files.newOutputStream(part)) {
      return in.transferTo(out);
    }
  }

  private static void discard(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // It was moved or lies beside the target under a telling name; the outcome stands.
      part.toFile().deleteOnExit();
    }
  }

  private Failure refused(ExitCode code, String why, @Nullable Throwable cause) {
    return new Failure(
        code,
        "FILE '%s' cannot be written: %s; allowed: a writable path".formatted(file, why),
        cause);
  }
}
