package io.vsmmu.control.host;

import static io.vsmmu.testing.StubKernel.DEVICE;
import static io.vsmmu.testing.StubKernel.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.testing.StubKernel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
@Isolated("It counts the open descriptors of the process.")
class HostSocketTest {

  private static final String MEMORY = "/memfd:offered";

  @TempDir Path folder;
  private StubKernel kernel;
  private IommufdHost host;
  private HostSocket socket;

  /** Refuses every VMM that owns devices. */
  private static final VmmDescriptorReceiver NO_VMMS =
      (message, descriptors, peer) -> {
        descriptors.forEach(Fd::close);
        return HostConnection.json(new OfferOutcome.Refused(VmmProblems.notADevice("devices")));
      };

  @BeforeEach
  void listen() throws Exception {
    kernel = new StubKernel(folder.resolve("root"));
    host = new IommufdHost(kernel.paths(), kernel);
    socket = HostSocket.open(LocalHost.of(host), NO_VMMS, folder.resolve("host.sock"), Set.of());
  }

  @AfterEach
  void close() {
    socket.close();
    host.close();
  }

  private UnixStream client() throws PosixException {
    UnixStream client = UnixStream.connect(folder.resolve("host.sock"));
    client.receiveTimeout(Duration.ofSeconds(20));
    return client;
  }

  private static void send(UnixStream client, Fd... descriptors) throws PosixException {
    client.send(ByteBuffer.allocateDirect(1).put((byte) '\n').flip(), List.of(descriptors));
  }

  /** The next lines, as many as asked for. */
  private static List<JsonNode> lines(UnixStream client, int count) throws PosixException {
    StringBuilder text = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    while (text.chars().filter(c -> c == '\n').count() < count) {
      if (client.receive(buffer.clear()) == 0) {
        throw new AssertionError("closed after: " + text);
      }
      byte[] bytes = new byte[buffer.flip().remaining()];
      buffer.get(bytes);
      text.append(new String(bytes, StandardCharsets.UTF_8));
    }
    return text.toString().lines().map(JsonMapper.shared()::readTree).toList();
  }

  private static JsonNode line(UnixStream client) throws PosixException {
    return lines(client, 1).getFirst();
  }

  @Test
  void only_the_owner_may_use_the_socket() throws Exception {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("host.sock"))))
        .isEqualTo("rw-------");
  }

  @Test
  void a_device_that_the_peer_opened_is_kept_for_its_address() throws Exception {
    long before = OpenFiles.of("/dev/null");
    try (UnixStream client = client();
        Fd theirs = OpenFiles.open("/dev/null")) {
      send(client, theirs);

      assertThat(line(client))
          .isEqualTo(JsonMapper.shared().readTree("{\"hostDevice\":\"%s\"}".formatted(DEVICE)));
    }
    assertThat(host.isOffered(DEVICE)).isTrue();
    assertThat(OpenFiles.of("/dev/null")).isEqualTo(before + 1);

    host.withdraw(DEVICE);
    assertThat(OpenFiles.of("/dev/null")).isEqualTo(before);
  }

  @Test
  void each_descriptor_of_a_message_gets_its_line() throws Exception {
    try (UnixStream client = client();
        Fd first = OpenFiles.open("/dev/null");
        Fd wrong = Memfd.create("offered", 0);
        Fd second = OpenFiles.open("/dev/zero")) {
      send(client, first, wrong, second);
      List<JsonNode> answers = lines(client, 3);

      assertThat(answers.get(0).path("hostDevice").asString()).isEqualTo(DEVICE);
      assertThat(answers.get(1).at("/problem/kind").asString()).isEqualTo("NOT_A_DEVICE");
      assertThat(answers.get(2).path("hostDevice").asString()).isEqualTo(OTHER);
    }
    assertThat(OpenFiles.of(MEMORY)).isZero();
  }

  @Test
  void a_descriptor_that_is_no_device_is_refused_with_what_to_send_and_nothing_leaks()
      throws Exception {
    try (UnixStream client = client();
        Fd wrong = Memfd.create("offered", 0)) {
      for (int i = 0; i < 100; i++) {
        send(client, wrong);
        JsonNode problem = line(client).path("problem");
        assertThat(problem.path("found").asString()).contains("no vfio device file");
        assertThat(problem.path("remedy").asString()).contains("/dev/vfio/devices/");
      }
      assertThat(OpenFiles.of(MEMORY)).isEqualTo(1);
    }
  }

  @Test
  void a_message_without_a_descriptor_is_told_what_to_do() throws Exception {
    try (UnixStream client = client()) {
      send(client);

      assertThat(line(client).at("/problem/remedy").asString()).contains("SCM_RIGHTS");
    }
  }

  /** A line ends somewhere, and a process may have only so many files open. */
  @Test
  void a_line_with_more_descriptors_than_a_vmm_has_is_refused_and_its_connection_ends()
      throws Exception {
    try (UnixStream client = client();
        Fd file = Memfd.create("offered", 0)) {
      Fd[] many = new Fd[16];
      Arrays.fill(many, file);
      for (int i = 0; i < 5; i++) {
        client.send(
            ByteBuffer.allocateDirect(1).put((byte) (i == 0 ? '{' : ' ')).flip(), List.of(many));
      }

      JsonNode problem = line(client).path("problem");

      assertThat(problem.path("kind").asString()).isEqualTo("WRONG_MESSAGE");
      assertThat(problem.path("found").asString()).contains("80 descriptors");
      assertThat(problem.path("remedy").asString()).contains("64 devices");
      assertThat(client.receive(ByteBuffer.allocateDirect(8))).as("the end").isZero();
      // The peer sees the end before the service has closed the last descriptor.
      for (int i = 0; i < 500 && OpenFiles.of(MEMORY) > 1; i++) {
        Thread.sleep(10);
      }
      assertThat(OpenFiles.of(MEMORY)).isEqualTo(1);
    }
  }

  @Test
  void a_line_that_is_too_long_is_refused_and_its_connection_ends() throws Exception {
    try (UnixStream client = client()) {
      ByteBuffer endless = ByteBuffer.allocateDirect(16 * 1024 + 256).put((byte) '{');
      while (endless.hasRemaining()) {
        endless.put((byte) ' ');
      }
      client.send(endless.flip());

      assertThat(line(client).at("/problem/found").asString()).contains("characters");
      assertThat(endsSoon(client)).isTrue();
    }
  }

  /** What was not read when the service closed its end is an error in place of the end. */
  private static boolean endsSoon(UnixStream client) {
    try {
      return client.receive(ByteBuffer.allocateDirect(8)) == 0;
    } catch (PosixException reset) {
      return true;
    }
  }

  @Test
  void a_file_that_we_may_not_open_is_spent_on_asking_and_a_second_one_is_kept() throws Exception {
    kernel.forbid("vfio0");
    try (UnixStream client = client();
        Fd first = OpenFiles.open("/dev/null");
        Fd second = OpenFiles.open("/dev/null")) {
      send(client, first);
      assertThat(line(client).path("again").asBoolean(false)).isTrue();
      assertThat(host.isOffered(DEVICE)).isFalse();

      send(client, second);
      assertThat(line(client).has("again")).isFalse();
      assertThat(host.isOffered(DEVICE)).isTrue();
    }
    LocalHost local = LocalHost.of(host);
    assertThat(local.problem(local.describe().device(DEVICE).orElseThrow())).isEmpty();
  }

  @Test
  void one_that_says_nothing_does_not_keep_another_from_being_answered() throws Exception {
    try (UnixStream silent = client();
        UnixStream client = client()) {
      send(client);

      assertThat(line(client).has("problem")).isTrue();
      silent.shutdown();
    }
  }

  @Test
  void too_many_connections_are_turned_away_with_a_line() throws Exception {
    List<UnixStream> clients = new ArrayList<>();
    try {
      for (int i = 0; i < LocalHostLimits.CONNECTIONS; i++) {
        UnixStream client = client();
        clients.add(client);
        send(client);
        line(client);
      }
      try (UnixStream late = client()) {
        assertThat(line(late).at("/problem/kind").asString()).isEqualTo("BUSY");
      }
      clients.removeFirst().close();
      try (UnixStream next = admitted()) {
        assertThat(next).isNotNull();
      }
    } finally {
      clients.forEach(UnixStream::close);
    }
  }

  /** The thread of one that has gone takes a moment to notice. */
  private UnixStream admitted() throws Exception {
    while (true) {
      UnixStream client = client();
      try {
        send(client);
        if (line(client).at("/problem/kind").asString().equals("NO_SUCH_DESCRIPTOR")) {
          return client;
        }
      } catch (PosixException turnedAway) {
        Thread.sleep(10);
      }
      client.close();
    }
  }

  @Test
  void a_simulated_host_takes_no_descriptors_and_says_so() throws Exception {
    try (HostSocket _ =
            HostSocket.open(
                LocalHost.of(SimulatedHost.standard()),
                NO_VMMS,
                folder.resolve("other.sock"),
                Set.of());
        UnixStream client = UnixStream.connect(folder.resolve("other.sock"));
        Fd device = OpenFiles.open("/dev/null")) {
      long before = OpenFiles.of("/dev/null");
      send(client, device);

      assertThat(line(client).at("/problem/remedy").asString()).contains("--host iommufd");
      assertThat(OpenFiles.of("/dev/null")).isEqualTo(before);
    }
  }

  @Test
  void closing_ends_connections_and_removes_the_file() throws Exception {
    try (UnixStream client = client()) {
      send(client);
      line(client);

      socket.close();

      assertThat(client.receive(ByteBuffer.allocateDirect(8))).isZero();
      assertThat(folder.resolve("host.sock")).doesNotExist();
    }
  }

  @Test
  void a_path_that_is_too_long_is_refused() {
    assertThatThrownBy(
            () ->
                HostSocket.open(
                    LocalHost.of(host), NO_VMMS, folder.resolve("x".repeat(108)), Set.of()))
        .isInstanceOf(PosixException.class)
        .hasMessageContaining("ENAMETOOLONG");
  }
}
