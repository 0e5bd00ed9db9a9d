package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** Checks the PostgreSQL that {@code SPRING_DATASOURCE_URL} names, if the variable is set. */
final class DatabaseCheck {

  static final String SUBJECT = "postgresql";
  private static final String WAIT_SECONDS = "5";

  private DatabaseCheck() {}

  static DoctorFinding finding(Map<String, String> environment) {
    String url = environment.getOrDefault("SPRING_DATASOURCE_URL", "");
    if (url.isEmpty()) {
      return DoctorFinding.ok(
          SUBJECT, "the service brings its own (SPRING_DATASOURCE_URL is not set)");
    }
    Properties settings = new Properties();
    settings.setProperty("connectTimeout", WAIT_SECONDS);
    settings.setProperty("loginTimeout", WAIT_SECONDS);
    put(settings, "user", environment.getOrDefault("SPRING_DATASOURCE_USERNAME", ""));
    put(settings, "password", environment.getOrDefault("SPRING_DATASOURCE_PASSWORD", ""));
    try (Connection connection = DriverManager.getConnection(url, settings)) {
      return DoctorFinding.ok(
          SUBJECT,
          "%s answers, version %s"
              .formatted(shown(url), connection.getMetaData().getDatabaseProductVersion()));
    } catch (SQLException refused) {
      return DoctorFinding.problem(
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

  /** The parameters of a JDBC URL may contain a password. */
  private static String shown(String url) {
    return url.split("\\?", 2)[0];
  }
}
