package io.vsmmu.cli;

import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.output.StandardOutput;
import io.vsmmu.cli.service.ControlPlaneStarter;
import java.io.PrintWriter;

/** The entry of the program {@code vsmmu}. */
public final class VsmmuMain {

  private VsmmuMain() {}

  /** Runs one command and ends with its exit code. */
  public static void main(String[] arguments) {
    StandardOutput standard = new StandardOutput();
    PrintWriter out = new PrintWriter(standard, false, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    Screen screen = Screen.of(System.getenv(), System.getProperty(Screen.MEASURED));
    int code =
        CommandLines.create(arguments, new ControlPlaneStarter(err), screen, out, err)
            .execute(arguments);
    out.flush();
    System.exit(standard.ended(code, err));
  }
}
