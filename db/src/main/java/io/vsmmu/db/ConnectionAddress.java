package io.vsmmu.db;

import java.util.Properties;
import org.postgresql.Driver;

/**
 * A JDBC URL of PostgreSQL, taken apart: the address alone, and the parameters, password included.
 * Connections that are opened so report a URL without parameters. Flyway searches the URL of its
 * connection for passwords with some sixty patterns, whose time grows with the square of the URL's
 * length: 130 ms for the URL of an embedded server, at each run.
 *
 * @param url without parameters, such as {@code jdbc:postgresql://localhost/postgres}
 * @param parameters by pgjdbc's names; {@code user} and {@code password} among them
 */
record ConnectionAddress(String url, Properties parameters) {

  /**
   * Takes a URL apart.
   *
   * @throws IllegalArgumentException if pgjdbc does not understand the URL
   */
  static ConnectionAddress of(String jdbcUrl) {
    Properties parameters = Driver.parseURL(jdbcUrl, null);
    if (parameters == null) {
      throw new IllegalArgumentException(
          "not a JDBC URL of PostgreSQL (jdbc:postgresql://host:port/database?...)");
    }
    int question = jdbcUrl.indexOf('?');
    return new ConnectionAddress(
        question < 0 ? jdbcUrl : jdbcUrl.substring(0, question), parameters);
  }
}
