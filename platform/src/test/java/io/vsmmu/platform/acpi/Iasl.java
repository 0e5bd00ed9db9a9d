package io.vsmmu.platform.acpi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** ACPICA's compiler: the command VSMMU_IASL, or iasl on the PATH. */
record Iasl(String command, int version) {

  private static final Pattern VERSION = Pattern.compile("version ([0-9]{8})");

  /** The output of one run. */
  record Run(int exit, String output) {}

  static Optional<Iasl> find() {
    return Stream.concat(
            Optional.ofNullable(System.getenv("VSMMU_IASL")).stream(),
            Stream.of(System.getenv("PATH").split(":")).map(folder -> folder + "/iasl"))
        .filter(command -> Files.isExecutable(Path.of(command)))
        .flatMap(Iasl::of)
        .findFirst();
  }

  private static Stream<Iasl> of(String command) {
    Matcher matcher = VERSION.matcher(run(Path.of("."), List.of(command, "-v")).output());
    return matcher.find()
        ? Stream.of(new Iasl(command, Integer.parseInt(matcher.group(1))))
        : Stream.empty();
  }

  /** Its creator ID and revision: the digits of its version, read as hexadecimal ones. */
  AcpiIdentity identity() {
    return new AcpiIdentity(
        AcpiIdentity.DEFAULT.oemId(),
        AcpiIdentity.DEFAULT.tableId(),
        AcpiIdentity.DEFAULT.oemRevision(),
        "INTL",
        Long.parseLong(Integer.toString(version), 16));
  }

  Run run(Path folder, String... arguments) {
    return run(folder, Stream.concat(Stream.of(command), Stream.of(arguments)).toList());
  }

  private static Run run(Path folder, List<String> command) {
    try {
      Path output = Files.createTempFile("iasl", ".txt");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      String text = Files.readString(output);
      Files.delete(output);
      return new Run(process.exitValue(), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
