package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Conversations that a working VMM would never have. {@code -Dvsmmu.fuzz.seed=N} repeats one,
 * {@code -Dvsmmu.fuzz.messages=N} makes it longer.
 */
@Timeout(120)
class ProtocolFuzzTest {

  private static final int MESSAGES = Integer.getInteger("vsmmu.fuzz.messages", 25_000);
  private static final int MOST_PER_CONVERSATION = 200;
  private static final Duration PATIENCE = Duration.ofMillis(20);

  /** A posted write that no other message looks like. */
  private static final byte[] LAST =
      VfioUserClient.header(
          0,
          10,
          0x10,
          0,
          VfioUserClient.body(24)
              .putLong(0x1FFF8)
              .putInt(0)
              .putInt(8)
              .putLong(0x5EED_5EED_5EEDL)
              .array());

  private final long seed = Long.getLong("vsmmu.fuzz.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Map<Reason, Integer> ends = new EnumMap<>(Reason.class);

  @Test
  void every_message_is_replied_to_or_ends_the_connection() throws Exception {
    QuietLog.please();
    long before = OpenDescriptors.count();
    int sent = 0;
    try (Fd memory = Memfd.create("fuzz", 0x4000);
        EventFd line = EventFd.create()) {
      while (sent < MESSAGES) {
        sent += requests(List.of(memory, line.fd()));
      }
    }
    assertThat(ends).as("seed %d", seed).doesNotContainKeys(Reason.INTERNAL, Reason.RECEIVE_FAILED);
    assertThat(ends).as("seed %d", seed).containsKeys(Reason.CLOSED_BY_VMM, Reason.BAD_SIZE);
    assertThat(OpenDescriptors.count()).as("descriptors, seed %d", seed).isEqualTo(before);
  }

  private int requests(List<Fd> fds) throws Exception {
    UnixStream.Pair pair = UnixStream.pair();
    RecordingFunction function = new RecordingFunction();
    var connection = new VfioUserConnection(pair.first(), function, ProtocolLimits.DEFAULT);
    CompletableFuture<ConnectionEnd> end = new CompletableFuture<>();
    Thread server =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    end.complete(connection.run());
                  } catch (Throwable escaped) {
                    end.completeExceptionally(escaped);
                  }
                });
    Thread drain = Thread.ofPlatform().start(() -> drain(pair.second()));
    int sent = speak(pair.second(), fds);
    awaitLast(function, end);
    pair.second().close();
    ConnectionEnd seen = end.get(10, TimeUnit.SECONDS);
    server.join(TimeUnit.SECONDS.toMillis(10));
    drain.join(TimeUnit.SECONDS.toMillis(10));
    assertThat(server.isAlive() || drain.isAlive()).as("seed %d", seed).isFalse();
    ends.merge(seen.reason(), 1, Integer::sum);
    return sent;
  }

  private int speak(UnixStream vmm, List<Fd> fds) {
    int most = 1 + random.nextInt(MOST_PER_CONVERSATION);
    int sent = 0;
    try {
      if (random.nextInt(20) > 0) {
        send(vmm, version(VfioUserClient.QEMU_CAPABILITIES), List.of());
      }
      for (; sent < most; sent++) {
        send(vmm, mutated(), some(fds));
      }
      send(vmm, LAST, List.of());
    } catch (PosixException over) {
      assertThat(over.errno()).isIn(Errno.EPIPE, Errno.ECONNRESET);
    }
    return sent + 1;
  }

  /** Lets the server handle the last message, unless an earlier one made it wait for more bytes. */
  private static void awaitLast(RecordingFunction function, CompletableFuture<ConnectionEnd> end) {
    Await.within(PATIENCE, () -> end.isDone() || heard(function));
  }

  private static boolean heard(RecordingFunction function) {
    int calls = function.calls.size();
    return calls > 0 && function.calls.get(calls - 1).equals("write 1fff8/8=5eed5eed5eed");
  }

  private static void send(UnixStream vmm, byte[] bytes, List<Fd> fds) throws PosixException {
    vmm.send(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), fds);
  }

  private static void drain(UnixStream vmm) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(65536);
    try {
      while (vmm.receive(bytes.clear()) > 0) {}
    } catch (PosixException over) {
      // The connection ended while replies were under way.
    }
  }

  private List<Fd> some(List<Fd> fds) {
    List<Fd> some = new ArrayList<>();
    while (random.nextInt(8) == 0 && some.size() < 16) {
      some.add(fds.get(random.nextInt(fds.size())));
    }
    return some;
  }

  /** A message: often good, often with some bits turned, seldom noise or with a wrong size. */
  private byte[] mutated() {
    byte[] message = message();
    int kind = random.nextInt(200);
    if (kind == 0) {
      random.nextBytes(message);
    } else if (kind == 1) {
      return Arrays.copyOf(message, 1 + random.nextInt(message.length));
    } else if (kind < 120) {
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        int at = random.nextInt(message.length);
        boolean size = at >= 4 && at < 8;
        if (!size || random.nextInt(20) == 0) {
          message[at] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return message;
  }

  private byte[] message() {
    int command = random.nextInt(10) == 0 ? random.nextInt(25) : 1 + random.nextInt(18);
    int flags = random.nextInt(3) == 0 ? 0x10 : random.nextInt(10) == 0 ? 1 : 0;
    int id = random.nextInt(0x10000);
    return VfioUserClient.header(id, command, flags, 0, body(command));
  }

  private byte[] body(int command) {
    return switch (command) {
      case 1 -> new byte[4 + random.nextInt(40)];
      case 2 ->
          VfioUserClient.body(32)
              .putInt(32)
              .putInt(random.nextInt(5))
              .putLong(page())
              .putLong(page())
              .putLong(page())
              .array();
      case 3 ->
          VfioUserClient.body(24)
              .putInt(24)
              .putInt(random.nextInt(3))
              .putLong(page())
              .putLong(page())
              .array();
      case 4, 5, 7 ->
          VfioUserClient.body(32).putInt(32).putInt(0).putInt(random.nextInt(10)).array();
      case 8 -> irqs();
      case 9 -> access(0).array();
      case 10 -> write();
      case 15 -> multi();
      default -> new byte[random.nextInt(64)];
    };
  }

  private long page() {
    return 0x1000L * random.nextInt(16);
  }

  private byte[] irqs() {
    ByteBuffer body = VfioUserClient.body(21).putInt(21);
    body.putInt(1 << random.nextInt(3) | 8 << random.nextInt(3)).putInt(random.nextInt(2));
    return body.putInt(0).putInt(random.nextInt(3)).put((byte) random.nextInt(2)).array();
  }

  private int width() {
    return random.nextInt(10) == 0 ? random.nextInt(300) : 1 << random.nextInt(4);
  }

  private ByteBuffer access(int data) {
    boolean config = random.nextInt(3) == 0;
    long offset = random.nextInt(config ? 0x100 : 0x20000);
    int count = data == 0 ? width() : data;
    ByteBuffer body = VfioUserClient.body(16 + data).putLong(offset);
    return body.putInt(config ? 7 : 0).putInt(count);
  }

  private byte[] write() {
    ByteBuffer body = access(width());
    while (body.hasRemaining()) {
      body.put((byte) random.nextInt(256));
    }
    return body.array();
  }

  private byte[] multi() {
    int count = random.nextInt(50);
    ByteBuffer body = VfioUserClient.body(8 + 24 * count).putLong(count);
    for (int i = 0; i < count; i++) {
      body.putLong(random.nextInt(0x1FFF0)).putInt(0).putInt(1 << random.nextInt(4));
      body.putLong(random.nextLong());
    }
    return body.array();
  }

  private static byte[] version(String json) {
    byte[] text = (json + "\0").getBytes(StandardCharsets.UTF_8);
    return VfioUserClient.header(
        0, 1, 0, 0, VfioUserClient.body(4 + text.length).putInt(0).put(text).array());
  }
}
