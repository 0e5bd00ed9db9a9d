package io.vsmmu.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its answer, both of which fit in memory. {@link java.net.http.HttpClient}
 * prepares TLS and threads before its first request, which takes longer than most commands; it is
 * used where a body is sent while the service may answer already.
 *
 * @param status of the answer
 * @param body of the answer, decoded as UTF-8
 * @param header gives the first value of a header of the answer, null if it has none
 */
record SmallExchange(int status, String body, Function<String, @Nullable String> header) {

  /**
   * Sends a request and reads the answer.
   *
   * @param headers of the request
   * @param content the body; null for none
   * @param connectWait how long a connection may take
   * @throws IOException when there is no connection, or what answers is no HTTP server
   */
  static SmallExchange send(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] content,
      Duration connectWait)
      throws IOException {
    if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("no HTTP URL: " + uri);
    }
    connection.setRequestMethod(method);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) connectWait.toMillis());
    headers.forEach(connection::setRequestProperty);
    if (content != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(content.length);
      connection.getOutputStream().write(content);
    }
    int status = connection.getResponseCode();
    if (status < 0) {
      throw new IOException("what answers there is no HTTP server");
    }
    return new SmallExchange(status, body(connection, status), connection::getHeaderField);
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream body =
        status < HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      return body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
