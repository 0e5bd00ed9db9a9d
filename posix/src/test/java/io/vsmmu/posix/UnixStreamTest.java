package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UnixStreamTest {

  private UnixStream left;
  private UnixStream right;

  @BeforeEach
  void connect() throws PosixException {
    UnixStream.Pair pair = UnixStream.pair();
    left = pair.first();
    right = pair.second();
  }

  @AfterEach
  void disconnect() {
    left.close();
    right.close();
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  private static int openDescriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count();
    }
  }

  @Test
  void bytesBetweenPositionAndLimitTravel() throws Exception {
    // given
    ByteBuffer sent = bytes(1, 2, 3, 4, 5).position(1).limit(4);
    ByteBuffer received = ByteBuffer.allocateDirect(8).position(2).limit(7);

    // when
    left.send(sent);
    int length = right.receive(received);

    // then
    assertThat(length).isEqualTo(3);
    assertThat(sent.position()).isEqualTo(4);
    assertThat(received.position()).isEqualTo(5);
    byte[] all = new byte[8];
    received.clear().get(0, all);
    assertThat(all).containsExactly(0, 0, 2, 3, 4, 0, 0, 0);
  }

  @Test
  void aDescriptorThatTravelledIsTheSameMemory() throws Exception {
    List<Fd> received = new ArrayList<>();
    try (Fd memory = Memfd.create("travels", 8192);
        SharedMapping ours = SharedMapping.of(memory, 0, 8192, true)) {
      // when
      left.send(bytes(1), List.of(memory));
      right.receive(bytes(0), received);

      // then
      try (Fd arrived = received.get(0);
          SharedMapping theirs = SharedMapping.of(arrived, 4096, 4096, false)) {
        ours.segment().set(ValueLayout.JAVA_LONG, 4104, 0x1122334455667788L);
        assertThat(arrived.number()).isNotEqualTo(memory.number());
        assertThat(theirs.segment().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0x1122334455667788L);
        assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + arrived.number())))
            .as("close-on-exec")
            .containsPattern("flags:\\s*02\\d{6}");
      }
    }
  }

  @Test
  void sixteenDescriptorsTravelWithTheFirstByteInTheirOrder() throws Exception {
    // given: memories of different sizes
    List<Fd> sent = new ArrayList<>();
    for (int i = 0; i < PosixLimits.DESCRIPTORS; i++) {
      sent.add(Memfd.create("number " + i, 4096L * (i + 1)));
    }
    List<Fd> received = new ArrayList<>();

    // when
    left.send(bytes(1, 2), sent);
    right.receive(bytes(0), received);

    // then
    assertThat(received).hasSize(PosixLimits.DESCRIPTORS);
    for (int i = 0; i < PosixLimits.DESCRIPTORS; i++) {
      assertThat(FileStatus.of(received.get(i)).size()).isEqualTo(4096L * (i + 1));
    }
    sent.forEach(Fd::close);
    received.forEach(Fd::close);
  }

  @Test
  void whoDoesNotAskForDescriptorsDoesNotKeepThem() throws Exception {
    try (Fd memory = Memfd.create("dropped", 4096)) {
      int before = openDescriptors();

      // when
      for (int i = 0; i < 100; i++) {
        left.send(bytes(1), List.of(memory, memory, memory));
        right.receive(bytes(0));
      }

      // then
      assertThat(openDescriptors()).isEqualTo(before);
    }
  }

  @Test
  void moreDescriptorsThanAllowedAreNotSent() throws Exception {
    try (Fd memory = Memfd.create("many", 4096)) {
      List<Fd> many = Collections.nCopies(PosixLimits.DESCRIPTORS + 1, memory);

      assertThatThrownBy(() -> left.send(bytes(1), many))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aLongMessageArrivesWhollyWhileSomebodyReads() throws Exception {
    // given
    int size = 4 << 20;
    ByteBuffer sent = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < size; i += Integer.BYTES) {
      sent.putInt(i);
    }
    CompletableFuture<ByteBuffer> read = CompletableFuture.supplyAsync(() -> all(right, size));

    // when
    left.send(sent.flip());

    // then
    assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo(sent.flip());
  }

  private static ByteBuffer all(UnixStream stream, int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size);
    try {
      while (bytes.hasRemaining() && stream.receive(bytes) > 0) {
        Thread.onSpinWait();
      }
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
    return bytes.flip();
  }

  @Test
  void theOtherEndIsUs() throws Exception {
    assertThat(left.peer())
        .extracting(PeerCredentials::pid, PeerCredentials::uid)
        .containsExactly((int) ProcessHandle.current().pid(), ProcessIdentity.effectiveUid());
  }

  @Test
  void whoReadsAClosedStreamGetsItsEndAndWhoWritesGetsEpipe() throws Exception {
    // when
    left.close();

    // then
    assertThat(right.receive(bytes(0), new ArrayList<>())).isZero();
    assertThatThrownBy(() -> right.send(bytes(1))).hasMessageContaining("EPIPE");
    assertThatThrownBy(() -> left.send(bytes(1))).hasMessageContaining("EBADF");
    assertThatThrownBy(() -> left.receive(bytes(1))).hasMessageContaining("EBADF");
  }

  @Test
  void closingWakesAReceiver() throws Exception {
    // given
    CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> all(right, 1).limit());
    Thread.sleep(100);
    assertThat(waiting).isNotDone();

    // when
    right.close();

    // then
    assertThat(waiting.get(5, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aPeerThatDoesNotReadDelaysASendNoLongerThanItsTimeout() throws Exception {
    // given
    left.sendTimeout(Duration.ofMillis(200));
    long begin = System.nanoTime();

    // when, then
    assertThatThrownBy(() -> left.send(ByteBuffer.allocateDirect(8 << 20)))
        .hasMessage("send: ETIMEDOUT");
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
  }

  @Test
  void aReceiverWaitsNoLongerThanItsTimeout() throws Exception {
    right.receiveTimeout(Duration.ofMillis(100));

    assertThatThrownBy(() -> right.receive(bytes(0))).hasMessage("recv: ETIMEDOUT");
  }

  @Test
  void aBufferWithoutRoomIsAMistakeAndNoEnd() {
    assertThatThrownBy(() -> right.receive(ByteBuffer.allocateDirect(0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> right.receive(ByteBuffer.allocate(8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
