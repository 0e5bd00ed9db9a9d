package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/**
 * Clients that take their time end when their limit says, and leave nothing behind. The service is
 * one of its own, and the tests mostly wait. A client is one loopback address of several.
 */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
@Import(SlowClientsTest.SmallBuffers.class)
@TestPropertySource(
    properties = {
      "server.tomcat.connection-timeout=1s",
      "server.tomcat.keep-alive-timeout=20s",
      "vsmmu.web.header-time=1s",
      "vsmmu.web.body-window=1s",
      "vsmmu.web.answer-window=1s",
      "vsmmu.web.uploads=4",
      "vsmmu.limits.uploads=2",
      "vsmmu.limits.requests-per-second=100",
      "vsmmu.limits.requests-at-once=1000",
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

  /** Headers with tokens, by address. */
  private final Map<String, String> tokens = new ConcurrentHashMap<>();

  private static final String HERE = "127.0.0.1";
  private static final String SLOW = "127.0.0.2";
  private static final String FAST = "127.0.0.3";
  private static final int SMALL_BUFFER = 4096;

  /** What is not read fills the buffers soon. */
  static class SmallBuffers {
    @Bean
    TomcatConnectorCustomizer smallBuffers() {
      return connector -> connector.setProperty("socket.txBufSize", String.valueOf(SMALL_BUFFER));
    }
  }

  /** Another address has another token too: it is a client of its own. */
  private String authorizationOf(String address) {
    return tokens.computeIfAbsent(
        address,
        one ->
            "Authorization: Bearer %s\r\n"
                .formatted(
                    post(
                            "/tokens",
                            "{\"name\":\"%s\",\"role\":\"admin\"}".formatted(freshName("slow")))
                        .expect(201)
                        .json()
                        .path("secret")
                        .asString()));
  }

  /** A client that speaks for itself. */
  private final class Client implements AutoCloseable {

    private final Socket socket;
    private final String authorization;

    Client() throws IOException {
      this(HERE);
    }

    /** Connects from an address of this machine. */
    Client(String address) throws IOException {
      authorization = address.equals(HERE) ? TestToken.LINE : authorizationOf(address);
      socket = new Socket();
      socket.setReceiveBufferSize(SMALL_BUFFER);
      socket.bind(new InetSocketAddress(address, 0));
      socket.connect(new InetSocketAddress(HERE, port));
      socket.setSoTimeout(30_000);
    }

    Client says(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    Client asks(String line, String... headers) throws IOException {
      return says(line + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + authorization)
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

    /**
     * Reads a byte now and then, at most {@code most} of them, until the service closes the
     * connection.
     */
    void reads(int most) throws IOException {
      InputStream in = socket.getInputStream();
      for (int i = 0; i < most && in.read() >= 0; i++) {
        sleep(DRIP);
      }
      while (isOpen()) {
        sleep(DRIP);
      }
    }

    /** A write to a connection that the service has closed fails after the answer to the first. */
    private boolean isOpen() {
      try {
        says("x");
        return true;
      } catch (IOException reset) {
        return false;
      }
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

  /**
   * What a slow client does, again and again while others ask. Each of them ends by what the
   * service allows.
   */
  private enum Slowness {
    SILENT {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.rest();
      }
    },
    HEADERS_THAT_DRIP {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.says("GET /api/v1/vsmmus HTTP/1.1\r\nX: ").drips("x");
      }
    },
    BODY_THAT_DRIPS {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.asks("POST /api/v1/vsmmus", "Content-Type: application/json\r\n", LONG).drips(" ");
      }
    },
    UPLOAD_THAT_DRIPS {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.asks("POST /api/v1/recordings?format=qemu-trace", upload(1 << 20)).drips("x");
      }
    },
    EVENTS_NOT_READ {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.asks("GET /api/v1/vsmmus/" + vsmmu + "/events:stream?after=0").reads(1);
      }
    },
    EXPORT_NOT_READ {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.asks("GET /api/v1/vsmmus/" + vsmmu + "/export").reads(1);
      }
    },
    TRACE_NOT_READ {
      @Override
      void be(Client client, String vsmmu) throws IOException {
        client.asks("GET /api/v1/vsmmus/" + vsmmu + "/trace").reads(1);
      }
    };

    private static final String LONG = "Content-Length: 2000\r\n";

    /** Returns when the service has closed the connection, or when the client is closed. */
    abstract void be(Client client, String vsmmu) throws IOException;
  }

  /** Clients of one address that are slow until they are closed. */
  private final class SlowClients implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Client> open = new ConcurrentLinkedQueue<>();
    private final EnumMap<Slowness, AtomicInteger> ended = new EnumMap<>(Slowness.class);
    private volatile boolean closed;

    SlowClients(String vsmmu, int ofEach) {
      for (Slowness slowness : Slowness.values()) {
        ended.put(slowness, new AtomicInteger());
        for (int i = 0; i < ofEach; i++) {
          threads.add(Thread.ofVirtual().start(() -> be(slowness, vsmmu)));
        }
      }
    }

    private void be(Slowness slowness, String vsmmu) {
      while (!closed) {
        try (Client client = new Client(SLOW)) {
          open.add(client);
          slowness.be(client, vsmmu);
          ended.get(slowness).incrementAndGet();
          open.remove(client);
        } catch (IOException over) {
          sleep(DRIP);
        }
      }
    }

    /** Whether the service has ended at least one client of each kind. */
    boolean allKindsEnded() {
      return ended.values().stream().allMatch(it -> it.get() > 0);
    }

    @Override
    public void close() throws IOException {
      closed = true;
      while (threads.stream().anyMatch(Thread::isAlive)) {
        for (Client client : open) {
          client.close();
        }
        sleep(DRIP);
      }
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
      assertThat(client.drips("x")).containsAnyOf(" 408", " 429", " 503");
    } catch (IOException over) {
      return;
    }
  }

  @Test
  void slow_clients_cost_nothing_but_themselves() throws Exception {
    String recording = imported(ACCELERATED, freshName("slow")).path("recording").asString();
    byte[] whole = get("/vsmmus/" + recording + "/export").expect(200).bytes();
    assertThat(whole.length).isGreaterThan(4 * SMALL_BUFFER);

    try (SlowClients slow = new SlowClients(recording, 8)) {
      // Then they have filled every place that they may have, and were ended once.
      long rounds = 0;
      while (rounds < 3 || !slow.allKindsEnded()) {
        String name = created("vm");
        post("/vsmmus/" + name + ":pause").expect(200);
        get("/vsmmus/" + recording + "/events?limit=100").expect(200);
        assertThat(get("/vsmmus/" + recording + "/export").expect(200).bytes()).isEqualTo(whole);
        upload("/recordings?format=vsmmu&name=" + freshName("again"), whole).expect(201);
        try (Client follower = new Client()) {
          follower.asks("GET /api/v1/vsmmus/" + name + "/events:stream?after=0");
          assertThat(follower.line()).contains(" 200");
        }
        rounds++;
      }
    }
    noUploadIsLeft();
  }

  @Test
  void a_client_that_asks_too_fast_is_refused_for_a_while_and_another_is_not() throws Exception {
    HttpClient fast =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .localAddress(InetAddress.getByName(FAST))
            .build();
    HttpRequest question = request("/vsmmus/none").GET().build();

    HttpResponse<String> refused = fast.send(question, BodyHandlers.ofString());
    for (int i = 0; refused.statusCode() == 404 && i < 100_000; i++) {
      refused = fast.send(question, BodyHandlers.ofString());
    }

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body()).contains("/problems/too-many-requests", FAST);
    assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 2L);
    get("/vsmmus/none").expect(404);
    sleep(Duration.ofSeconds(refused.headers().firstValueAsLong("Retry-After").orElse(0)));
    assertThat(fast.send(question, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    fast.close();
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
