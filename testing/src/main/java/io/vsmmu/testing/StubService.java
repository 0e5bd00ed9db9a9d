package io.vsmmu.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers as the service would, with what a test put in, and remembers what it was asked. */
public final class StubService implements AutoCloseable {

  /** A request: its first line, its body, its header fields by name. */
  public record Asked(String line, String body, Map<String, List<String>> headers) {
    /** The first value of a header field; empty if there is none. */
    public String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }
  }

  private record Answer(int status, String body, Map<String, String> headers) {}

  /** Ids that the client makes up stand as {@code ID}. */
  private static final String UUIDS = "\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b";

  private final HttpServer server;
  private final Map<String, Deque<Answer>> answers = new HashMap<>();
  private final List<Asked> asked = new ArrayList<>();

  /** Listens on a free port of the loopback interface. */
  public StubService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  /** The address that a client is given. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The requests so far, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** Answers a request line such as {@code GET /api/v1/vsmmus}; the last answer repeats. */
  public StubService on(String line, int status, String body, String... headers) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], headers[i + 1]);
    }
    answers.computeIfAbsent(line, l -> new ArrayDeque<>()).add(new Answer(status, body, named));
    return this;
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String asIs = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      String line = asIs.replaceFirst(UUIDS, "ID");
      String body =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
      asked.add(new Asked(line, body, Map.copyOf(exchange.getRequestHeaders())));
      Deque<Answer> known = answers.get(line);
      Answer answer =
          known == null
              ? new Answer(
                  404, "{\"title\":\"No such path\",\"detail\":\"" + line + "\"}", Map.of())
              : known.size() > 1 ? known.removeFirst() : known.getFirst();
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (RuntimeException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
