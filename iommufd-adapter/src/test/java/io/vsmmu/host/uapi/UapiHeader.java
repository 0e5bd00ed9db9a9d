package io.vsmmu.host.uapi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The kernel's headers and a C compiler, where there are any. */
final class UapiHeader {

  /** Folder that holds linux/iommufd.h; as property or in the environment. */
  static final String FOLDER = "VSMMU_UAPI_INCLUDE";

  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
  private static final List<String> NEWEST =
      List.of("IOMMU_HW_QUEUE_ALLOC", "IOMMU_VEVENTQ_TYPE_ARM_SMMUV3", "IOMMU_HW_CAP_PCI_ATS_NOT");

  private UapiHeader() {}

  /** The folder to include from; empty when no header is new enough. */
  static Optional<Path> folder() {
    return Stream.of(System.getProperty(FOLDER), System.getenv(FOLDER), "/usr/include")
        .filter(name -> name != null && !name.isBlank())
        .map(Path::of)
        .filter(UapiHeader::newEnough)
        .findFirst();
  }

  private static boolean newEnough(Path folder) {
    try {
      String text = Files.readString(folder.resolve("linux/iommufd.h"));
      return NEWEST.stream().allMatch(text::contains);
    } catch (IOException absent) {
      return false;
    }
  }

  /** The name of a C compiler on the PATH. */
  static Optional<String> compiler() {
    return COMPILERS.stream()
        .filter(
            name ->
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory, name))))
        .findFirst();
  }

  /** Compiles and runs a program; returns the lines that it prints. */
  static List<String> run(String compiler, Path include, String program, Path scratch)
      throws IOException, InterruptedException {
    Path source = Files.writeString(scratch.resolve("layout.c"), program);
    Path binary = scratch.resolve("layout");
    perform(
        List.of(compiler, "-isystem", include.toString(), "-o", "" + binary, "" + source), scratch);
    return perform(List.of("" + binary), scratch);
  }

  private static List<String> perform(List<String> command, Path scratch)
      throws IOException, InterruptedException {
    Path output = scratch.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(output);
    if (!ended || process.exitValue() != 0) {
      throw new IOException(command + ":\n" + String.join("\n", lines));
    }
    return lines;
  }
}
