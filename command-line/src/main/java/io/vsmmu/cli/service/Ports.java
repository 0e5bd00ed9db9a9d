package io.vsmmu.cli.service;

import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.outcome.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** TCP ports, looked at before the service is started: its own complaint would come late. */
public final class Ports {

  /** The service's usual port. */
  public static final int USUAL = 8080;

  private static final int HIGHEST = 65_535;

  private Ports() {}

  /**
   * Checks that a service can listen there.
   *
   * @throws Failure when the port is out of range, in use or not allowed, or the address is not one
   *     of this machine
   */
  public static void check(String listen, int port) {
    if (port < 0 || port > HIGHEST) {
      throw new Failure(
          ExitCode.USAGE,
          "--port '%d' is not a port; allowed: 1 to %d, or 0 for any free one"
              .formatted(port, HIGHEST));
    }
    try {
      bind(listen, port);
    } catch (UnknownHostException e) {
      throw new Failure(
          ExitCode.USAGE,
          "--listen '%s' is not an address; allowed: an address of this machine".formatted(listen),
          e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.LOCAL,
          "port %d of %s cannot be used: %s; allowed: a free port (--port)"
              .formatted(port, listen, e.getMessage()),
          e);
    }
  }

  /** The usual port if it is free, else 0 for any. */
  public static int usualOrAny(String listen) {
    try {
      bind(listen, USUAL);
      return USUAL;
    } catch (IOException inUse) {
      return 0;
    }
  }

  private static void bind(String listen, int port) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      // As the service itself will: a port whose old connections linger is free.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(listen), port));
    }
  }
}
