package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.host.Advice;
import io.vsmmu.platform.vmm.QemuDeviceArguments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The QEMU that {@code run} starts. It is first asked for its devices by {@code -device help}.
 *
 * @param name a path, or a name that is searched on the PATH
 */
record QemuProgram(String name) {

  /** How long {@code -device help} may take; then the program is killed. */
  private static final Duration HELP = Duration.ofSeconds(60);

  /** Bytes of {@code -device help} that are read; QEMU 11.1 writes 30 KiB. */
  private static final int HELP_BYTES = 1 << 20;

  /**
   * Fails when the program cannot be started, does not answer, or has no vfio-user client.
   *
   * @throws Failure {@link ExitCode#LOCAL}, with the remedy
   */
  void mustHaveVfioUser() {
    try {
      Process help = new ProcessBuilder(name, "-device", "help").redirectErrorStream(true).start();
      help.getOutputStream().close();
      // Reading would block for ever on a program that never ends.
      Thread.ofVirtual().start(() -> limit(help));
      byte[] output = help.getInputStream().readNBytes(HELP_BYTES);
      help.getInputStream().close();
      judge(help.waitFor(), new String(output, StandardCharsets.UTF_8));
    } catch (IOException unstartable) {
      throw new Failure(
          ExitCode.LOCAL,
          "%s cannot be started: %s%n  Name an installed QEMU behind --, as in qemu-system-aarch64"
              .formatted(name, unstartable.getMessage()),
          unstartable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.LOCAL, "interrupted", interrupted);
    }
  }

  private static void limit(Process help) {
    try {
      if (!help.waitFor(HELP.toSeconds(), TimeUnit.SECONDS)) {
        // If the program is a script, its QEMU holds the output open too.
        help.descendants().forEach(ProcessHandle::destroyForcibly);
        help.destroyForcibly();
      }
    } catch (InterruptedException ended) {
      help.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void judge(int status, String output) {
    if (QemuDeviceArguments.hasVfioUser(output)) {
      return;
    }
    String said =
        output.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
    throw new Failure(
        ExitCode.LOCAL,
        status == 0
            ? "%s: has no vfio-user-pci%n  %s".formatted(name, Advice.USE_OTHER_QEMU.with().text())
            : "%s: ended with status %d when it was asked for its devices: %s%n  %s"
                .formatted(name, status, said, Advice.USE_OTHER_QEMU.with().text()));
  }
}
