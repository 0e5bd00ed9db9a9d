package io.vsmmu.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code events --follow} while the service comes and goes. */
class FollowedEventsTest {

  private static final String STREAM = "/api/v1/vsmmus/id-7/events:stream";

  private static final String TOO_BUSY = "{\"title\":\"Too busy\",\"status\":503}";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server = listening(0);

  private static HttpServer listening(int port) {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @BeforeEach
  void start() {
    serve(
        exchange -> answer(exchange, 200, "{\"id\":\"id-7\",\"name\":\"g\"}", false),
        exchange ->
            answer(
                exchange,
                asked.size() == 1 ? 200 : 503,
                asked.size() == 1
                    ? ":events of g\nid:40\n\n" + event(41, "VsmmuPaused") + "id:42\ndata:{\"posi"
                    : TOO_BUSY,
                asked.size() == 1));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private void serve(Handler vsmmu, Handler stream) {
    server.createContext("/api/v1/vsmmus/g", vsmmu::handle);
    server.createContext(
        STREAM,
        exchange -> {
          String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
          asked.add(exchange.getRequestURI().getQuery() + " " + last);
          stream.handle(exchange);
        });
    server.start();
  }

  private static String event(long position, String type) {
    return "id:%d\nevent:%s\ndata:{\"position\":%d,\"type\":\"%s\"}\n\n"
        .formatted(position, type, position, type);
  }

  /** Answers; a body that is cut promises a byte more than there is. */
  private static void answer(HttpExchange exchange, int status, String body, boolean cut)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, cut ? bytes.length + 1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().flush();
    if (!cut) {
      exchange.close();
      return;
    }
    throw new IOException("the connection breaks here");
  }

  @Test
  void it_goes_on_behind_the_last_whole_event_and_says_once_that_it_waits() {
    int port = server.getAddress().getPort();
    Thread restart =
        new Thread(
            () -> {
              while (asked.isEmpty()) {
                Thread.onSpinWait();
              }
              pause(300);
              server.stop(0);
              pause(300);
              server = listening(port);
              serve(
                  exchange -> answer(exchange, 200, "{\"id\":\"id-7\"}", false),
                  exchange ->
                      answer(
                          exchange,
                          200,
                          event(41, "VsmmuPaused")
                              + event(42, "VsmmuResumed")
                              + event(43, "VsmmuDeleted"),
                          false));
            });
    restart.start();

    Invocation run = Invocation.of("events", "g", "--follow", "--url", "http://127.0.0.1:" + port);

    assertThat(run.code()).isZero();
    assertThat(run.out().lines().map(line -> line.split(" +")[0]))
        .containsExactly("41", "42", "43");
    assertThat(asked.getFirst()).isEqualTo("null null");
    assertThat(asked.subList(1, asked.size())).isNotEmpty().allMatch("null 41"::equals);
    assertThat(run.err().lines())
        .containsExactly(
            "the connection broke; waiting up to 60 s to go on behind position 41",
            "the service answers again");
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
