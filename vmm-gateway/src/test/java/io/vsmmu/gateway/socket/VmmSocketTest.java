package io.vsmmu.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.scripted.vmm.VfioUserClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class VmmSocketTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SOMEBODY_ELSE = ProcessIdentity.effectiveUid() + 1;

  @TempDir Path folder;
  private UnixAcceptor acceptor;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void start() throws Exception {
    acceptor = UnixAcceptor.start();
  }

  @AfterEach
  void end() {
    acceptor.close();
  }

  private SmmuFunction.Vsmmu none() {
    asked.incrementAndGet();
    throw new IllegalStateException("the log is away");
  }

  private VmmSocket open(Path path, int uid) throws PosixException {
    Supplier<SmmuFunction.Vsmmu> vsmmu = this::none;
    return VmmSocket.open(
        new VmmSocket.Place(
            "v", path, folder.resolve("v.ram"), Set.of(uid), vsmmu, new GatewayCounters()),
        acceptor);
  }

  @Test
  void a_user_who_is_not_named_is_turned_away_before_the_vsmmu_is_asked_for() throws Exception {
    try (VmmSocket socket = open(folder.resolve("v.sock"), SOMEBODY_ELSE);
        VfioUserClient vmm = VfioUserClient.connect(socket.path())) {
      assertThat(vmm.ends(PATIENCE)).isTrue();
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void a_vmm_that_cannot_be_served_now_is_sent_away_and_may_come_again() throws Exception {
    try (VmmSocket socket = open(folder.resolve("v.sock"), ProcessIdentity.effectiveUid())) {
      while (asked.get() < 3) {
        try (VfioUserClient vmm = VfioUserClient.connect(socket.path())) {
          assertThat(vmm.ends(PATIENCE)).isTrue();
        }
      }
    }
  }

  @Test
  void a_socket_that_is_closed_leaves_no_file() throws Exception {
    Path path = folder.resolve("v.sock");

    open(path, 0).close();

    assertThat(path).doesNotExist();
  }

  @Test
  void what_is_no_socket_is_not_replaced() throws Exception {
    Path path = Files.writeString(folder.resolve("v.sock"), "mine");

    assertThatThrownBy(() -> open(path, 0)).isInstanceOf(PosixException.class);
    assertThat(path).hasContent("mine");
  }

  @Test
  void a_path_that_is_too_long_is_refused() {
    Path path = folder.resolve("x".repeat(120));

    assertThatThrownBy(() -> open(path, 0)).isInstanceOf(PosixException.class);
  }
}
