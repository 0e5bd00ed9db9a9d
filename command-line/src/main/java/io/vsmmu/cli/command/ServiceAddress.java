package io.vsmmu.cli.command;

import java.net.URI;
import java.util.Map;

/** Where commands look for the service when nobody says where it is. */
public final class ServiceAddress {

  /** Where a service answers that was started without options. */
  static final String DEFAULT = "http://127.0.0.1:8080";

  /** The variable that says where else. */
  static final String VARIABLE = "VSMMU_URL";

  private ServiceAddress() {}

  /** What {@code --url} is without the option. */
  public static URI usual(Map<String, String> environment) {
    return URI.create(environment.getOrDefault(VARIABLE, DEFAULT));
  }
}
