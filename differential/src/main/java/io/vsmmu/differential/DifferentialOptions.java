package io.vsmmu.differential;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The options of {@code lab/differential}.
 *
 * @param seed seed of the first program; each further program has the next number
 * @param programs the number of programs
 * @param most the number of failing programs after which the run ends
 * @param pages the project's folder if only its pages are to be written; otherwise programs are run
 */
record DifferentialOptions(
    long seed, int programs, int most, QemuInstallation place, Optional<Path> pages) {

  static DifferentialOptions parse(String[] arguments) {
    long seed = System.nanoTime() & 0x7FFF_FFFF;
    int programs = 1_000;
    int most = 20;
    Optional<Path> root = Optional.empty();
    Optional<Path> pages = Optional.empty();
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "vsmmu-differential");
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " needs a value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--seed" -> seed = Long.parseLong(value);
        case "--programs" -> programs = Integer.parseInt(value);
        case "--most-failures" -> most = Integer.parseInt(value);
        case "--write-pages" -> pages = Optional.of(Path.of(value));
        case "--root" -> root = Optional.of(Path.of(value));
        case "--folder" -> folder = Path.of(value);
        default -> throw new IllegalArgumentException("no such option: " + arguments[i]);
      }
    }
    return new DifferentialOptions(seed, programs, most, new QemuInstallation(root, folder), pages);
  }
}
