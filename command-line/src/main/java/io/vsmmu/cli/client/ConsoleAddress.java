package io.vsmmu.cli.client;

import java.net.URI;

/**
 * An address of the console that begins a session. The one-time code is in the fragment, which a
 * browser sends to no server, and which the page removes from the address.
 */
public final class ConsoleAddress {

  private static final String CODES = "/session/codes";

  private ConsoleAddress() {}

  /**
   * Makes an address, with a code that has the rights of the client's token.
   *
   * @param url of the service, as a browser reaches it
   * @param view the fragment of a view, such as {@code /vsmmus/vm1?at=65}; empty for the first one
   */
  public static String make(ServiceClient service, URI url, String view) {
    String code =
        service.ask(CODES, ServiceClient.JSON.createObjectNode()).body().path("code").asString();
    return of(url, code, view);
  }

  /** As {@link #make}, with a code that was made. */
  public static String of(URI url, String code, String view) {
    return "%s/#code=%s%s".formatted(url.toString().replaceAll("/+$", ""), code, view);
  }
}
