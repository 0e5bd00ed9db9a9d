package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class UnixAcceptorTest {

  private static final int OWNER_ONLY = 0600;

  @TempDir Path directory;
  private UnixAcceptor acceptor;
  private final BlockingQueue<UnixStream> accepted = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws PosixException {
    acceptor = UnixAcceptor.start();
  }

  @AfterEach
  void stop() {
    acceptor.close();
    accepted.forEach(UnixStream::close);
  }

  private Path path() {
    return directory.resolve("socket");
  }

  private UnixStream next() throws InterruptedException {
    return accepted.poll(5, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionIsHandedOverAndCarriesBytesBothWays() throws Exception {
    // given
    acceptor.listen(path(), OWNER_ONLY, accepted::add);

    // when
    try (UnixStream client = UnixStream.connect(path());
        UnixStream server = next()) {
      ByteBuffer message = ByteBuffer.allocateDirect(8).putLong(42).flip();
      client.send(message);
      ByteBuffer received = ByteBuffer.allocateDirect(8);
      server.receive(received);
      server.send(received.flip());
      ByteBuffer back = ByteBuffer.allocateDirect(8);
      client.receive(back);

      // then
      assertThat(back.flip().getLong()).isEqualTo(42);
      assertThat(server.peer().uid()).isEqualTo(ProcessIdentity.effectiveUid());
      assertThat(server.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }
  }

  @Test
  void theFileHasTheModeThatWasAsked() throws Exception {
    acceptor.listen(path(), 0666, accepted::add);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-rw-rw-");
  }

  @Test
  void tenThousandConnectionsAreAcceptedAndNoneKept() throws Exception {
    // given
    AtomicInteger count = new AtomicInteger();
    acceptor.listen(
        path(),
        OWNER_ONLY,
        stream -> {
          count.incrementAndGet();
          stream.close();
        });

    // when
    for (int i = 0; i < 10_000; i++) {
      UnixStream.connect(path()).close();
    }

    // then
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (count.get() < 10_000 && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(count).hasValue(10_000);
  }

  @Test
  void oneThreadServesThousandsOfSockets() throws Exception {
    // given
    List<SocketListener> all = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      all.add(acceptor.listen(directory.resolve("s" + i), OWNER_ONLY, accepted::add));
    }

    // when, then: the first, one in the middle, the last
    for (int i : new int[] {0, 1_000, 1_999}) {
      try (UnixStream client = UnixStream.connect(all.get(i).path());
          UnixStream server = next()) {
        assertThat(server).as("socket " + i).isNotNull();
        assertThat(client.peer().pid()).isPositive();
      }
    }
  }

  @Test
  void closingStopsListeningAndRemovesTheFile() throws Exception {
    // given
    SocketListener listening = acceptor.listen(path(), OWNER_ONLY, accepted::add);

    // when
    listening.close();
    listening.close();

    // then
    assertThat(Files.exists(path())).isFalse();
    assertThatThrownBy(() -> UnixStream.connect(path())).hasMessage("connect: ENOENT");
    acceptor.listen(path(), OWNER_ONLY, accepted::add);
    UnixStream.connect(path()).close();
    assertThat(next()).isNotNull();
  }

  @Test
  void aFileThatSomebodyElseMadeMeanwhileIsLeft() throws Exception {
    // given
    SocketListener listening = acceptor.listen(path(), OWNER_ONLY, accepted::add);
    Files.delete(path());
    Files.writeString(path(), "not ours");

    // when
    listening.close();

    // then
    assertThat(path()).hasContent("not ours");
  }

  @Test
  void aSocketFileThatNobodyListensOnIsReplaced() throws Exception {
    // given: a socket file that a killed process has left
    ListeningSocket.open(path(), OWNER_ONLY).fd().close();
    assertThatThrownBy(() -> UnixStream.connect(path())).hasMessage("connect: ECONNREFUSED");

    // when
    acceptor.listen(path(), OWNER_ONLY, accepted::add);

    // then
    UnixStream.connect(path()).close();
    assertThat(next()).isNotNull();
  }

  @Test
  void aSocketThatSomebodyListensOnIsNotTaken() throws Exception {
    acceptor.listen(path(), OWNER_ONLY, accepted::add);

    assertThatThrownBy(() -> acceptor.listen(path(), OWNER_ONLY, accepted::add))
        .hasMessage("bind: EADDRINUSE");
    UnixStream.connect(path()).close();
    assertThat(next()).isNotNull();
  }

  @Test
  void whatIsNoSocketIsNotReplaced() throws Exception {
    // given
    Files.writeString(path(), "precious");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));

    // when, then
    assertThatThrownBy(() -> acceptor.listen(path(), OWNER_ONLY, accepted::add))
        .hasMessage("bind: EEXIST");
    assertThatThrownBy(() -> acceptor.listen(link, OWNER_ONLY, accepted::add))
        .hasMessage("bind: EEXIST");
    assertThat(path()).hasContent("precious");
    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void aPathMayHave107Bytes() throws Exception {
    // given
    String base = directory.toString() + "/";
    Path longest = Path.of(base + "x".repeat(PosixLimits.SOCKET_PATH - base.length()));

    // when
    acceptor.listen(longest, OWNER_ONLY, accepted::add);
    UnixStream.connect(longest).close();

    // then
    assertThat(next()).isNotNull();
    assertThatThrownBy(() -> acceptor.listen(Path.of(longest + "x"), OWNER_ONLY, accepted::add))
        .hasMessage("socket path: ENAMETOOLONG");
  }

  @Test
  void aConsumerThatThrowsLosesItsStreamAndNobodyElse() throws Exception {
    // given
    acceptor.listen(
        path(),
        OWNER_ONLY,
        stream -> {
          throw new IllegalStateException("on purpose");
        });
    Path other = directory.resolve("other");
    acceptor.listen(other, OWNER_ONLY, accepted::add);

    // when
    try (UnixStream unlucky = UnixStream.connect(path());
        UnixStream lucky = UnixStream.connect(other)) {

      // then
      assertThat(unlucky.receive(ByteBuffer.allocateDirect(1))).isZero();
      assertThat(next()).isNotNull();
      assertThat(lucky.peer().uid()).isEqualTo(ProcessIdentity.effectiveUid());
    }
  }

  @Test
  void aClosedAcceptorListensNoMore() throws Exception {
    // given
    acceptor.listen(path(), OWNER_ONLY, accepted::add);

    // when
    acceptor.close();

    // then
    assertThat(Files.exists(path())).isFalse();
    assertThatThrownBy(() -> acceptor.listen(path(), OWNER_ONLY, accepted::add))
        .hasMessage("listen: EBADF");
    assertThat(Files.exists(path())).isFalse();
  }

  @Test
  void no_socket_takes_a_reserved_descriptor() throws Exception {
    // given a limit that leaves no descriptor besides the reserved
    AtomicLong limit = new AtomicLong(PosixLimits.RESERVED_DESCRIPTORS);
    try (UnixAcceptor full = UnixAcceptor.start(limit::get)) {
      // when, then
      assertThatThrownBy(() -> full.listen(path(), OWNER_ONLY, accepted::add))
          .hasMessage("socket: EMFILE");
      assertThat(Files.exists(path())).isFalse();

      // and with a higher limit it listens
      limit.set(Integer.MAX_VALUE);
      full.listen(path(), OWNER_ONLY, accepted::add);
      UnixStream.connect(path()).close();
      assertThat(next()).isNotNull();
    }
  }
}
