package io.vsmmu.rest.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.core.env.Environment;

/** Where the service may listen: beyond loopback only with TLS, or if the operator says so. */
final class ListenRule {

  private static final String ADDRESS = "server.address";

  private ListenRule() {}

  /**
   * @throws IllegalStateException if tokens would cross a network in plain text
   */
  static void check(Environment environment) {
    String address = environment.getProperty(ADDRESS, "");
    boolean encrypted =
        environment.getProperty("server.ssl.enabled", Boolean.class, true)
            && (environment.containsProperty("server.ssl.bundle")
                || environment.containsProperty("server.ssl.key-store")
                || environment.containsProperty("server.ssl.certificate"));
    if (isLoopback(address)
        || encrypted
        || environment.getProperty("vsmmu.access.plain-text", Boolean.class, false)) {
      return;
    }
    throw new IllegalStateException(
        ("--listen '%s' is beyond loopback, and without TLS everyone on the way reads the tokens of"
                + " clients; allowed: TLS (server.ssl.bundle, and server.ssl.enabled not false),"
                + " 127.0.0.1, or, if something in front of the service ends TLS,"
                + " vsmmu.access.plain-text=true (docs/service.md, Access)")
            .formatted(address));
  }

  private static boolean isLoopback(String address) {
    try {
      return !address.isEmpty() && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }
}
