package io.vsmmu.control.cli;

import io.vsmmu.control.cli.service.ControlPlaneStarter;
import java.io.PrintWriter;

/** The process. */
public final class VsmmuMain {

  private VsmmuMain() {}

  /** Runs one command and ends with its exit code. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, false, System.out.charset());
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    int code = CommandLines.create(new ControlPlaneStarter(err), out, err).execute(arguments);
    out.flush();
    System.exit(code);
  }
}
