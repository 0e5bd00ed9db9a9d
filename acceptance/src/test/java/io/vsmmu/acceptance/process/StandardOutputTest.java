package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.VsmmuMain;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer that cannot be written is no success. */
@Tag("slow")
class StandardOutputTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "No space left on device, 0, 5",
    "No space left on device, 1, 1",
    "Broken pipe, 0, 0",
    "Broken pipe, 1, 1"
  })
  void a_loss_makes_a_success_a_failure_unless_the_reader_had_enough(
      String reason, int code, int expected) {
    StandardOutput output = new StandardOutput(failing(reason), () -> false);
    PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8);
    StringWriter err = new StringWriter();

    out.println("answer");
    out.flush();

    assertThat(output.ended(code, new PrintWriter(err))).isEqualTo(expected);
    assertThat(err.toString().contains(reason)).isEqualTo(!reason.equals("Broken pipe"));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_closed_standard_output_is_told_and_a_closed_pipe_is_not() throws Exception {
    assertThat(run("\"$@\" help >&-")).isEqualTo(ExitCode.LOCAL.value());
    assertThat(err()).startsWith("vsmmu: the answer cannot be written to standard output: ");

    assertThat(run("{ sleep 0.2; \"$@\" help; echo $? >code; } | true; exit $(cat code)")).isZero();
    assertThat(err()).isEmpty();

    assertThat(run("\"$@\" help")).isZero();
    assertThat(folder.resolve("out")).content().contains("Usage:");
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        throw new IOException(reason);
      }
    };
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  private int run(String script) throws Exception {
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                "sh",
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                VsmmuMain.class.getName())
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return shell.exitValue();
  }
}
