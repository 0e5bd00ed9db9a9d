package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A program that this process becomes; each test does it in a virtual machine of its own. */
@Tag("slow")
class ProcessImageTest {

  /** Becomes a shell that gets the number of an inherited descriptor as $1. */
  public static final class Becomes {

    private Becomes() {}

    public static void main(String[] script) throws PosixException {
      Fd kept = DeviceCalls.open(Path.of("/dev/null"));
      Fd other = DeviceCalls.open(Path.of("/dev/zero"));
      ProcessImage.replace(
          List.of("sh", "-c", script[0], "sh", String.valueOf(kept.number()), "" + other.number()),
          List.of(kept));
    }
  }

  private record Ended(long pid, int exit, String out) {}

  private static Ended becomes(String script) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Becomes.class.getName(),
            script));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.pid(), process.exitValue(), out);
  }

  @Test
  void the_program_has_our_process_id_and_its_exit_code_is_ours() throws Exception {
    Ended ended = becomes("echo $$; exit 37");

    assertThat(ended.out().strip()).isEqualTo(String.valueOf(ended.pid()));
    assertThat(ended.exit()).isEqualTo(37);
  }

  @Test
  void it_has_the_inherited_descriptors_and_no_others() throws Exception {
    Ended ended = becomes("readlink /proc/$$/fd/$1; ls /proc/$$/fd | tr '\\n' ' '");

    List<String> lines = ended.out().strip().lines().toList();
    assertThat(lines.getFirst()).isEqualTo("/dev/null");
    assertThat(lines.getLast().strip().split(" ")).hasSize(4).startsWith("0", "1", "2");
  }

  @Test
  void no_signal_is_blocked_in_it_and_no_more_are_ignored_than_a_shell_would_ignore()
      throws Exception {
    String look = "grep -E 'SigBlk|SigIgn' /proc/self/status";
    Process shell = new ProcessBuilder("sh", "-c", look).start();
    String usual = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    Ended ended = becomes(look);

    assertThat(signals(ended.out(), "SigBlk")).isZero();
    assertThat(signals(ended.out(), "SigIgn") & ~signals(usual, "SigIgn")).isZero();
  }

  private static long signals(String status, String field) {
    return Long.parseUnsignedLong(
        status.replaceFirst("(?s).*" + field + ":\\s*(\\p{XDigit}+).*", "$1"), 16);
  }

  @Test
  void a_program_that_is_not_there_is_a_failure_and_this_process_goes_on() {
    assertThatThrownBy(() -> ProcessImage.replace(List.of("/no/such/program"), List.of()))
        .isInstanceOfSatisfying(
            PosixException.class, failed -> assertThat(failed.errno()).isEqualTo(Errno.ENOENT));
  }
}
