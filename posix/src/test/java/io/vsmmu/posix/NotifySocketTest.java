package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The notifications of a service to its service manager, and the descriptors that it is started
 * with.
 */
class NotifySocketTest {

  private static final int SOCK_DGRAM = 2;

  @TempDir Path folder;

  private final List<Fd> received = new ArrayList<>();
  private UnixStream manager;
  private NotifySocket service;

  @BeforeEach
  void listen() throws PosixException {
    Path path = folder.resolve("notify");
    Fd fd = Fd.owning(Libc.CALLS.socket(SocketAddress.AF_UNIX, SOCK_DGRAM, 0));
    try (Arena arena = Arena.ofConfined()) {
      SocketAddress address = SocketAddress.of(path, arena);
      assertThat(Libc.CALLS.bind(fd.number(), address.address(), address.length())).isZero();
    }
    manager = new UnixStream(fd);
    service = NotifySocket.of(Map.of("NOTIFY_SOCKET", path.toString())).orElseThrow();
  }

  @AfterEach
  void close() {
    received.forEach(Fd::close);
    manager.close();
  }

  private String next() throws PosixException {
    ByteBuffer message = ByteBuffer.allocateDirect(4096);
    manager.receive(message, received);
    return StandardCharsets.UTF_8.decode(message.flip()).toString();
  }

  @Test
  void a_message_arrives_with_its_descriptors() throws Exception {
    try (EventFd sent = EventFd.create()) {
      service.send("FDSTORE=1\nFDNAME=x", List.of(sent.fd()));
      sent.signal();

      assertThat(next()).isEqualTo("FDSTORE=1\nFDNAME=x");
      assertThat(received).hasSize(1);
      assertThat(EventFd.over(received.getFirst()).read()).isEqualTo(1);
    }
  }

  @Test
  void a_barrier_waits_until_the_manager_lets_go() throws Exception {
    assertThat(service.barrier(20)).isFalse();

    Thread handling =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    next(); // the one above
                    next();
                    received.forEach(Fd::close);
                  } catch (PosixException failed) {
                    throw new AssertionError(failed);
                  }
                });
    assertThat(service.barrier(10_000)).isTrue();
    handling.join();
  }

  @Test
  void a_manager_in_the_abstract_space_is_reached() throws Exception {
    String name = "vsmmu-test-" + ProcessHandle.current().pid();
    Fd fd = Fd.owning(Libc.CALLS.socket(SocketAddress.AF_UNIX, SOCK_DGRAM, 0));
    try (Arena arena = Arena.ofConfined();
        UnixStream hidden = new UnixStream(fd)) {
      SocketAddress address = SocketAddress.ofAbstract(name, arena);
      assertThat(Libc.CALLS.bind(fd.number(), address.address(), address.length())).isZero();

      NotifySocket.of(Map.of("NOTIFY_SOCKET", "@" + name)).orElseThrow().send("READY=1", List.of());

      ByteBuffer message = ByteBuffer.allocateDirect(64);
      assertThat(hidden.receive(message)).isEqualTo("READY=1".length());
    }
  }

  @Test
  void a_service_manager_that_has_ended_is_reported() {
    manager.close();

    assertThatThrownBy(() -> service.send("READY=1", List.of()))
        .isInstanceOfSatisfying(
            PosixException.class,
            failed -> assertThat(failed.errno()).isEqualTo(Errno.ECONNREFUSED));
  }

  @Test
  void without_an_address_there_is_no_manager() {
    assertThat(NotifySocket.of(Map.of())).isEmpty();
    assertThat(NotifySocket.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234"))).isEmpty();
  }

  @Test
  void descriptors_for_another_process_are_not_touched() {
    Map<String, String> environment = Map.of("LISTEN_PID", "1", "LISTEN_FDS", "1");

    assertThat(PassedDescriptor.take(environment, 4711)).isEmpty();
    assertThat(PassedDescriptor.take(Map.of(), 4711)).isEmpty();
    assertThat(PassedDescriptor.take(Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "many"), 4711))
        .isEmpty();
  }
}
