package io.vsmmu.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.ProtocolLimits;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(30)
class VmmSocketTest {

  private static final Duration SHORT = Duration.ofMillis(200);
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

  private SmmuFunction.Backend none() {
    asked.incrementAndGet();
    throw new IllegalStateException("the log is unavailable");
  }

  private VmmSocket open(Path path, int uid) throws PosixException {
    return VmmSocket.open(place(path, uid, this::none), acceptor);
  }

  private VmmSocket.Settings place(Path path, int uid, Supplier<SmmuFunction.Backend> vsmmu) {
    return new VmmSocket.Settings(
        "v",
        path,
        folder.resolve("v.ram"),
        Set.of(uid),
        vsmmu,
        ExpansionRom::none,
        new GatewayCounters());
  }

  @Test
  void a_user_who_may_not_connect_is_refused_before_the_vsmmu_is_looked_up() throws Exception {
    try (VmmSocket socket = open(folder.resolve("v.sock"), SOMEBODY_ELSE);
        VfioUserClient vmm = VfioUserClient.connect(socket.path())) {
      assertThat(vmm.ends(PATIENCE)).isTrue();
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void a_vmm_that_cannot_be_served_now_is_disconnected_and_may_connect_again() throws Exception {
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
  void a_file_that_is_not_a_socket_is_not_replaced() throws Exception {
    Path path = Files.writeString(folder.resolve("v.sock"), "mine");

    assertThatThrownBy(() -> open(path, 0)).isInstanceOf(PosixException.class);
    assertThat(path).hasContent("mine");
  }

  @Test
  void a_path_that_is_too_long_is_refused() {
    Path path = folder.resolve("x".repeat(120));

    assertThatThrownBy(() -> open(path, 0)).isInstanceOf(PosixException.class);
  }

  /** A log that takes everything, in memory. */
  private static final class Log implements DecisionLog {

    private final List<VsmmuEvent> events = new CopyOnWriteArrayList<>();
    private VsmmuState state = VsmmuState.ABSENT;

    @Override
    public synchronized Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
      Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
      submission.decisions().forEach(decided -> events.addAll(decided.events()));
      state = submission.last().after();
      return submission;
    }

    /** A register read may be answered before an earlier message has had its effect. */
    void awaitFirst(Class<? extends VsmmuEvent> type) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (count(type) == 0 && System.nanoTime() < end) {
        Thread.sleep(1);
      }
    }

    long count(Class<? extends VsmmuEvent> type) {
      return events.stream().filter(type::isInstance).count();
    }
  }

  private VmmSocket open(GuestSession session, SocketLimits limits) throws PosixException {
    session
        .post(
            new Stimulus.Create(
                Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IdRegisters.DEFAULT))
        .join();
    Duration longer = Duration.ofMinutes(1);
    ProtocolLimits protocol = new ProtocolLimits(longer, longer, SHORT, SHORT, 4, 100);
    VmmSocket.Settings place =
        place(
            folder.resolve("v.sock"),
            ProcessIdentity.effectiveUid(),
            () -> new SmmuFunction.Backend(session, DeviceDmaMapping.NONE));
    return VmmSocket.open(place, acceptor, limits, protocol);
  }

  private static GuestSession session(Log log) {
    return new GuestSession("v", log, decided -> Optional.empty(), SessionLimits.DEFAULT);
  }

  @Test
  void a_silent_peer_makes_room_for_the_vmm_that_waits() throws Exception {
    Log log = new Log();
    try (GuestSession session = session(log);
        VmmSocket socket = open(session, SocketLimits.DEFAULT);
        VfioUserClient silent = VfioUserClient.connect(socket.path());
        VfioUserClient next = VfioUserClient.connect(socket.path())) {
      next.negotiate();

      assertThat(silent.ends(PATIENCE)).isTrue();
      assertThat(next.read32(Register.CR0ACK.offset())).isZero();
      log.awaitFirst(VmmConnected.class);
      assertThat(log.count(VmmConnected.class)).isEqualTo(1);
      assertThat(log.count(VmmDisconnected.class)).isZero();
    }
  }

  @Test
  void a_vmm_that_waits_too_long_is_refused_and_the_served_one_continues() throws Exception {
    SocketLimits limits = new SocketLimits(1, SHORT, 100, SHORT);
    Log log = new Log();
    try (GuestSession session = session(log);
        VmmSocket socket = open(session, limits);
        VfioUserClient first = VfioUserClient.connect(socket.path())) {
      first.negotiate();
      try (VfioUserClient second = VfioUserClient.connect(socket.path())) {
        assertThat(second.ends(PATIENCE)).isTrue();
      }

      assertThat(first.read32(Register.CR0ACK.offset())).isZero();
    }
  }

  @Test
  void a_thousand_vmms_one_after_the_other_are_all_admitted_at_the_allowed_rate() throws Exception {
    SocketLimits limits = new SocketLimits(2, PATIENCE, 8, Duration.ofMillis(1));
    Log log = new Log();
    try (GuestSession session = session(log)) {
      try (VmmSocket socket = open(session, limits)) {
        for (int i = 0; i < 1000; i++) {
          try (VfioUserClient vmm = VfioUserClient.connect(socket.path())) {
            assertThat(vmm.negotiate().errno()).isZero();
          }
        }
      }

      assertThat(log.count(VmmConnected.class)).isEqualTo(1000);
      assertThat(log.count(VmmDisconnected.class)).isEqualTo(1000);
    }
  }

  @Test
  void a_socket_that_closes_disconnects_the_vmm_that_waits() throws Exception {
    Log log = new Log();
    try (GuestSession session = session(log)) {
      VmmSocket socket = open(session, SocketLimits.DEFAULT);
      try (VfioUserClient first = VfioUserClient.connect(socket.path());
          VfioUserClient second = VfioUserClient.connect(socket.path())) {
        first.negotiate();
        assertThat(second.ends(Duration.ofMillis(1))).isFalse();

        socket.close();

        assertThat(first.ends(PATIENCE)).isTrue();
        assertThat(second.ends(PATIENCE)).isTrue();
      }
    }
  }
}
