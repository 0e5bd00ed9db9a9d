package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** The PostgreSQL that the service is configured with, if it is. */
final class DatabaseCheck {

  static final String SUBJECT = "postgresql";
  private static final String WAIT_SECONDS = "5";

  private DatabaseCheck() {}

  static Finding finding(Map<String, String> environment) {
    String url = environment.getOrDefault("SPRING_DATASOURCE_URL", "");
    if (url.isEmpty()) {
      return Finding.ok(SUBJECT, "the service brings its own (SPRING_DATASOURCE_URL is not set)");
    }
    Properties settings = new Properties();
    settings.setProperty("connectTimeout", WAIT_SECONDS);
    settings.setProperty("loginTimeout", WAIT_SECONDS);
    put(settings, "user", environment.getOrDefault("SPRING_DATASOURCE_USERNAME", ""));
    put(settings, "password", environment.getOrDefault("SPRING_DATASOURCE_PASSWORD", ""));
    try (Connection connection = DriverManager.getConnection(url, settings)) {
      return Finding.ok(
          SUBJECT,
          "%s answers, version %s"
              .formatted(shown(url), connection.getMetaData().getDatabaseProductVersion()));
    } catch (SQLException refused) {
      return Finding.problem(
          SUBJECT,
          "%s: %s".formatted(shown(url), refused.getMessage()),
          Advice.CORRECT_DATASOURCE.with());
    }
  }

  private static void put(Properties settings, String name, String value) {
    if (!value.isEmpty()) {
      settings.setProperty(name, value);
    }
  }

  /** Behind the question mark may be a password. */
  private static String shown(String url) {
    return url.split("\\?", 2)[0];
  }
}
