package io.vsmmu.bench.host;

import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Fd;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Compares calls of the running kernel's iommufd from Java with those from C. The argument is the
 * path of the C program. Without /dev/iommu only calls to /dev/null are measured.
 */
public final class HostBench {

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final Path IOMMUFD = Path.of("/dev/iommu");
  private static final Path ANY_DEVICE = Path.of("/dev/null");
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private HostBench() {}

  public static void main(String[] arguments) throws Exception {
    Path program = Path.of(arguments[0]);
    if (Files.exists(IOMMUFD)) {
      onHost(program);
    } else {
      elsewhere(program);
    }
  }

  private static void onHost(Path program) throws Exception {
    try (Nesting nesting = Nesting.onFirstDevice();
        NativeLoop c = new NativeLoop(program, nesting.iommufd(), nesting.id())) {
      PlainCalls calls = new PlainCalls(c, nesting.iommufd());
      show("getppid", calls.ppid());
      show("ioctl, unknown request (ENOTTY)", calls.unknownRequest());
      show("ioctl, IOMMU_DESTROY of nothing (ENOENT)", calls.destroyNothing());
      show("the same with its structure and its result", calls.destroyTyped());
      Invalidations invalidations = new Invalidations(c, nesting);
      for (int entries : Invalidations.BATCHES) {
        showRates(entries, invalidations.measure(entries));
      }
    }
  }

  private static void elsewhere(Path program) throws Exception {
    try (Fd fd = DeviceCalls.open(ANY_DEVICE);
        NativeLoop c = new NativeLoop(program, fd, 0)) {
      PlainCalls calls = new PlainCalls(c, fd);
      show("getppid", calls.ppid());
      show("ioctl, unknown request (ENOTTY)", calls.unknownRequest());
    }
  }

  private static void show(String what, List<Rounds.Result> results) {
    OUT.printf(
        Locale.ROOT, "%n%-44s %12s %12s %12s%n", what, "ns a call", "beyond C", "bytes a call");
    for (Rounds.Result result : results) {
      OUT.printf(
          Locale.ROOT,
          "  %-42s %12.0f %12.0f %12.0f%n",
          result.name(),
          result.nanos(),
          result.over(),
          result.bytes());
    }
  }

  private static void showRates(int entries, List<Rounds.Result> results) {
    OUT.printf(
        Locale.ROOT,
        "%n%-44s %12s %12s %12s %12s%n",
        "invalidations at batch " + entries,
        "per second",
        "of C",
        "ns a call",
        "bytes a call");
    for (Rounds.Result result : results) {
      OUT.printf(
          Locale.ROOT,
          "  %-42s %12.0f %12.3f %12.0f %12.0f%n",
          result.name(),
          entries * NANOS_PER_SECOND / result.nanos(),
          result.speed(),
          result.nanos(),
          result.bytes());
    }
  }
}
