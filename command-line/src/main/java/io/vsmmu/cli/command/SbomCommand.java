package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Prints the software bill of materials that the build put into the jar, at the path at which
 * Spring Boot expects one.
 */
@Command(
    name = "sbom",
    description =
        "Prints which libraries this program contains, with their versions, hashes and licences"
            + " (CycloneDX).")
public final class SbomCommand implements Callable<Integer> {

  private static final String RESOURCE = "/META-INF/sbom/application.cdx.json";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text());
    out.flush();
    return ExitCode.OK.value();
  }

  private static String text() {
    try (InputStream in = SbomCommand.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new Failure(
            ExitCode.LOCAL,
            "this build has no bill of materials: Maven makes none with -o or -Pfast; without them"
                + " './mvnw -Dmaven.test.skip=true clean package' makes one");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.LOCAL, "the bill of materials cannot be read: " + unreadable.getMessage());
    }
  }
}
