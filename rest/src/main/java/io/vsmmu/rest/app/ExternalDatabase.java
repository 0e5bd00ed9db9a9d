package io.vsmmu.rest.app;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.core.env.Environment;

/** The URL of an external PostgreSQL with its user and password. */
final class ExternalDatabase {

  private ExternalDatabase() {}

  static String url(Environment environment) {
    String url = environment.getRequiredProperty("spring.datasource.url");
    StringBuilder full = new StringBuilder(url);
    append(full, "user", environment.getProperty("spring.datasource.username", ""));
    append(full, "password", environment.getProperty("spring.datasource.password", ""));
    return full.toString();
  }

  private static void append(StringBuilder url, String name, String value) {
    if (!value.isEmpty()) {
      url.append(url.indexOf("?") < 0 ? '?' : '&')
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }
}
