package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** The interface on a Unix socket: a client is the user that the kernel says it is. */
@Timeout(60)
class UnixSocketTest extends RestTest {

  /** The number of a user that every Linux system has, and of its group. */
  private static final String NOBODY = "65534";

  private static final Path SOCKET = folder().resolve("api.sock");

  /**
   * Others may connect here, so that the service alone decides. The group is that of the other
   * user.
   */
  @DynamicPropertySource
  static void socket(DynamicPropertyRegistry registry) {
    registry.add("vsmmu.socket.path", SOCKET::toString);
    registry.add("vsmmu.socket.permissions", () -> "rw-rw-rw-");
    registry.add("vsmmu.socket.viewers", UnixSocketTest::groupOfNobody);
    registry.add("vsmmu.limits.connections", () -> 8);
    registry.add("server.tomcat.max-connections", () -> 16);
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("vsmmu-socket");
      return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String groupOfNobody() {
    try {
      return Files.readAllLines(Path.of("/etc/group")).stream()
          .map(line -> line.split(":", -1))
          .filter(group -> group.length > 2 && group[2].equals(NOBODY))
          .map(group -> group[0])
          .findFirst()
          .orElse("none");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String raw(String line, String... headers) {
    return line
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + String.join("", headers)
        + "Connection: close\r\nContent-Length: 0\r\n\r\n";
  }

  /** The answer to a request of this process, whose user is the service's. */
  private static String ask(String request) throws IOException {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(SOCKET));
      socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode body(String answer) {
    return Answer.JSON.readTree(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
  }

  /** What curl prints as another user; only root may become one. */
  private static String askAs(String uid, String gid, String... arguments)
      throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root becomes another user");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs /usr/bin/curl");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs /usr/bin/setpriv");
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "/usr/bin/curl",
                "-sS",
                "--unix-socket",
                SOCKET.toString()));
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  @Test
  void the_services_own_user_is_admin_without_a_token() throws Exception {
    String answer = ask(raw("GET /api/v1/session"));

    assertThat(answer).startsWith("HTTP/1.1 200");
    assertThat(body(answer).path("role").asString()).isEqualTo("admin");
    assertThat(body(answer).path("subject").asString())
        .isEqualTo("user:" + System.getProperty("user.name"));
  }

  @Test
  void a_change_over_the_socket_stands_in_the_audit_with_the_user() throws Exception {
    String name = created("vm");

    assertThat(ask(raw("POST /api/v1/vsmmus/" + name + ":pause"))).startsWith("HTTP/1.1 200");

    assertThat(get("/audit?vsmmu=" + name).expect(200).json().path("items").toString())
        .contains("user:" + System.getProperty("user.name"));
  }

  @Test
  void a_token_counts_instead_of_the_user() throws Exception {
    String answer =
        ask(raw("GET /api/v1/session", "Authorization: Bearer vsmmu_" + "x".repeat(43) + "\r\n"));

    assertThat(answer).startsWith("HTTP/1.1 401");
  }

  @Test
  void a_member_of_the_group_of_viewers_reads_and_changes_nothing() throws Exception {
    String name = created("vm");
    String session = askAs(NOBODY, NOBODY, "http://localhost/api/v1/session");

    assertThat(body(session).path("role").asString()).as(session).isEqualTo("viewer");
    assertThat(body(session).path("subject").asString()).isEqualTo("user:nobody");
    assertThat(
            askAs(
                NOBODY, NOBODY, "-X", "POST", "http://localhost/api/v1/vsmmus/" + name + ":pause"))
        .contains("/problems/forbidden");
  }

  @Test
  void a_user_of_no_such_group_is_refused_whatever_group_it_has_connected_with() throws Exception {
    assertThat(askAs("2", NOBODY, "http://localhost/api/v1/session")).contains("\"status\":401");
    assertThat(askAs("54321", NOBODY, "http://localhost/api/v1/session"))
        .contains("\"status\":401");
  }

  @Test
  void a_stream_of_events_follows_over_the_socket() throws Exception {
    String name = created("vm");
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(SOCKET))) {
      socket.write(
          ByteBuffer.wrap(
              raw("GET /api/v1/vsmmus/" + name + "/events:stream?after=0")
                  .getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer read = ByteBuffer.allocate(1 << 16);
      assertThat(
              Await.within(
                  Duration.ofSeconds(20),
                  PAUSE,
                  () -> {
                    try {
                      socket.read(read);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                    return new String(read.array(), 0, read.position(), StandardCharsets.UTF_8)
                        .contains("VsmmuCreated");
                  }))
          .isTrue();
    }
  }

  /** The service accepts 16 connections, of one user 8. */
  @Test
  void a_user_whose_connections_last_keeps_no_other_user_out() throws Exception {
    List<SocketChannel> busy = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(SOCKET));
        busy.add(socket);
        try {
          socket.write(ByteBuffer.wrap("GET / HT".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException refused) {
          assertThat(busy).hasSizeGreaterThan(4);
        }
      }

      assertThat(askAs(NOBODY, NOBODY, "http://localhost/api/v1/session")).contains("viewer");
    } finally {
      for (SocketChannel socket : busy) {
        socket.close();
      }
    }
  }
}
