package io.vsmmu.cli.service;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Checks a TCP port before the service starts, which would report it only after several seconds.
 */
public final class Ports {

  /** The port that the service uses without {@code --port}. */
  public static final int DEFAULT = 8080;

  private Ports() {}

  /**
   * Checks that a service can listen on the port, by binding it for a moment.
   *
   * @throws Failure when the port is in use or not allowed, or the address is not one of this
   *     machine
   */
  public static void check(String listen, int port) {
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

  /** {@link #DEFAULT} if the port is free, otherwise 0 for any free one. */
  public static int defaultOrAny(String listen) {
    try {
      bind(listen, DEFAULT);
      return DEFAULT;
    } catch (IOException inUse) {
      return 0;
    }
  }

  private static void bind(String listen, int port) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      // The service sets this option too: a port with connections in TIME_WAIT is free.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(listen), port));
    }
  }
}
