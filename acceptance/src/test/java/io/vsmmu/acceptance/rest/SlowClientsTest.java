package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;

/**
 * Clients that take their time end when their limit says, and leave nothing behind. The service is
 * one of its own, and the tests mostly wait.
 */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
@TestPropertySource(
    properties = {
      "server.tomcat.connection-timeout=1s",
      "server.tomcat.keep-alive-timeout=20s",
      "vsmmu.web.header-time=1s",
      "vsmmu.web.body-window=1s",
      "vsmmu.web.uploads=2",
      "vsmmu.web.stream-heartbeat=100ms"
    })
class SlowClientsTest extends RestTest {

  private static final Duration DRIP = Duration.ofMillis(50);
  private static final int STREAMS = 64;
  private static final int KEPT = 100;

  /** Twice the time from the first byte of a request to the end of its headers. */
  private static final Duration LONGER_THAN_HEADERS = Duration.ofSeconds(2);

  private static final Duration ROOM_WAIT = Duration.ofSeconds(20);

  @Value("${vsmmu.data-dir}")
  private Path data;

  /** A client that speaks for itself. */
  private final class Client implements AutoCloseable {

    private final Socket socket;

    Client() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(30_000);
    }

    Client says(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    Client asks(String line, String... headers) throws IOException {
      return says(line + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n")
          .says(String.join("", headers) + "\r\n");
    }

    /** Says a text again and again until the service has enough, and gives what it answered. */
    String drips(String text) throws IOException {
      Thread dripping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        says(text);
                        sleep(DRIP);
                      }
                    } catch (IOException over) {
                      return;
                    }
                  });
      try {
        return rest();
      } finally {
        socket.close();
        join(dripping);
      }
    }

    /** What comes until the service ends the connection. */
    String rest() throws IOException {
      StringBuilder said = new StringBuilder();
      byte[] buffer = new byte[4096];
      try {
        InputStream in = socket.getInputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          said.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      } catch (SocketException reset) {
        // What was sent and not read any more resets a connection.
        return said.toString();
      }
      return said.toString();
    }

    /** The first line of the answer to a request without a body; the headers are read too. */
    String head() throws IOException {
      asks("HEAD /api/v1/vsmmus");
      String status = line();
      String header = line();
      while (!header.isEmpty()) {
        header = line();
      }
      return status;
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int next = socket.getInputStream().read();
      while (next >= 0 && next != '\n') {
        line.append((char) next);
        next = socket.getInputStream().read();
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String upload(long length) {
    return "Content-Type: application/octet-stream\r\nContent-Length: " + length + "\r\n";
  }

  private List<Path> uploads() {
    Path folder = data.resolve("uploads");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void noUploadIsLeft() {
    assertThat(Await.within(ROOM_WAIT, PAUSE, () -> uploads().isEmpty())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"G", "GET /api/v1/vsmmus HTTP/1.1\r\nX: ", "\r\n"})
  void headers_that_drip_end(String beginning) throws Exception {
    try (Client client = new Client()) {
      assertThat(client.says(beginning).drips(beginning.isBlank() ? "\r\n" : "x"))
          .doesNotContain(" 200");
    }
  }

  @Test
  void headers_that_do_not_come_end() throws Exception {
    try (Client silent = new Client();
        Client half = new Client()) {
      assertThat(silent.rest()).isEmpty();
      assertThat(half.says("GET / HTTP/1.1\r\nHost:").rest()).doesNotContain(" 200");
    }
  }

  /** Of many connections some read the clock between an answer and the wait that follows it. */
  @Test
  void connections_that_wait_for_their_next_request_are_left_in_peace() throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < KEPT; i++) {
        Client client = new Client();
        clients.add(client);
        // At once: a first request is waited for no longer than the connection-timeout.
        assertThat(client.head()).contains(" 200");
      }

      sleep(LONGER_THAN_HEADERS);

      for (Client client : clients) {
        assertThat(client.head()).contains(" 200");
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void a_json_body_that_drips_is_answered_and_ends() throws Exception {
    try (Client client = new Client()) {
      client.asks(
          "POST /api/v1/vsmmus", "Content-Type: application/json\r\n", "Content-Length: 2000\r\n");

      assertThat(client.drips(" ")).contains(" 408").contains("/problems/body-too-slow");
    }
  }

  @Test
  void a_body_that_nobody_asked_for_ends_too() throws Exception {
    try (Client client = new Client()) {
      client.asks("GET /api/v1/vsmmus", "Content-Length: 2000\r\n");

      assertThat(client.drips(" ")).contains(" 200");
    }
  }

  @Test
  void an_upload_that_does_not_come_is_answered_and_leaves_no_file() throws Exception {
    try (Client client = new Client()) {
      client.asks("POST /api/v1/recordings?format=qemu-trace", upload(1 << 20)).says("smmu");

      assertThat(client.rest()).contains(" 408").contains("/problems/body-too-slow");
    }
    noUploadIsLeft();
  }

  @Test
  void uploads_that_drip_take_no_more_room_than_there_is_and_give_it_back() throws Exception {
    List<Client> clients = new ArrayList<>();
    List<Thread> drips = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Client client = new Client();
        clients.add(client.asks("POST /api/v1/recordings?format=qemu-trace", upload(1 << 20)));
        drips.add(Thread.ofVirtual().start(() -> quietly(client)));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(uploads()).hasSizeLessThanOrEqualTo(2);
        sleep(DRIP);
      }
    } finally {
      drips.forEach(SlowClientsTest::join);
      for (Client client : clients) {
        client.close();
      }
    }
    noUploadIsLeft();
    upload("/recordings?format=qemu-trace&name=" + freshName("after"), sample(EMULATED))
        .expect(201);
  }

  private static void quietly(Client client) {
    try {
      assertThat(client.drips("x")).containsAnyOf(" 408", " 503");
    } catch (IOException over) {
      return;
    }
  }

  @Test
  void who_asks_for_the_headers_of_a_stream_holds_no_room() throws Exception {
    String name = created("vm");
    for (int i = 0; i < 2 * STREAMS; i++) {
      try (Client client = new Client()) {
        client.asks("HEAD /api/v1/vsmmus/" + name + "/events:stream");
        assertThat(client.line()).contains(" 200");
      }
    }
  }

  @Test
  void a_stream_whose_client_is_gone_gives_its_room_back_though_nothing_happens() throws Exception {
    String name = created("vm");
    for (int round = 0; round < 3; round++) {
      List<Client> clients = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (clients.size() < STREAMS && System.nanoTime() < deadline) {
        Client client = new Client();
        client.asks("GET /api/v1/vsmmus/" + name + "/events:stream");
        if (client.line().contains(" 200")) {
          clients.add(client);
        } else {
          client.close();
          sleep(DRIP);
        }
      }
      assertThat(clients).hasSize(STREAMS);
      for (Client client : clients) {
        client.close();
      }
    }
  }
}
