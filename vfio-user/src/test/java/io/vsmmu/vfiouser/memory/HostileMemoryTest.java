package io.vsmmu.vfiouser.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.guest.Await;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a VMM may do to memory while it is accessed here. */
@Tag("slow")
@Timeout(60)
class HostileMemoryTest {

  private static final long RAM = 0x8000_0000L;
  private static final int PAGE = MemoryLimits.PAGE;
  private static final int UNTIL_COMPILED = 20_000;

  private final GuestMemory memory = new GuestMemory();
  private final RememberingChannel channel = new RememberingChannel(RAM, PAGE);

  @AfterEach
  void close() {
    memory.close();
  }

  private int map(long address, long size, Fd descriptor) {
    return memory.map(
        new MapRequest(address, size, true, true, 0, descriptor, Optional.empty(), channel));
  }

  /** What the VMM keeps: a second descriptor of the same memory. */
  private static Fd again(Fd fd) throws PosixException {
    UnixStream.Pair pair = UnixStream.pair();
    try (UnixStream out = pair.first();
        UnixStream in = pair.second()) {
      List<Fd> received = new ArrayList<>();
      out.send(ByteBuffer.allocateDirect(1), List.of(fd));
      in.receive(ByteBuffer.allocateDirect(1), received);
      return received.getFirst();
    }
  }

  @Test
  void memory_that_the_vmm_truncates_cannot_be_accessed_and_the_rest_can() throws Exception {
    // given
    Fd ram = Memfd.create("ram", 4L * PAGE);
    try (Fd theirs = again(ram)) {
      assertThat(map(RAM, 4L * PAGE, ram)).isZero();
      for (int i = 0; i < UNTIL_COMPILED; i++) {
        assertThat(memory.readLong(RAM + i % PAGE * 8L % PAGE)).isPresent();
        assertThat(memory.writeInt(RAM + i % PAGE * 4L, i)).isTrue();
      }

      // when
      Memfd.resize(theirs, 2L * PAGE);

      // then
      MemorySegment two = MemorySegment.ofArray(new byte[2 * PAGE]);
      for (int i = 0; i < 100; i++) {
        assertThat(memory.read(RAM, two)).isTrue();
        assertThat(memory.read(RAM + PAGE, two)).isFalse();
        assertThat(memory.write(RAM + PAGE, two)).isFalse();
        assertThat(memory.readLong(RAM + 2L * PAGE)).isEmpty();
        assertThat(memory.writeInt(RAM + 3L * PAGE, i)).isFalse();
      }
    }
  }

  @Test
  void regions_are_mapped_and_unmapped_while_two_threads_access_them() throws Exception {
    // given: a region that stays mapped and one that is mapped and unmapped
    assertThat(map(RAM, PAGE, Memfd.create("stays", PAGE))).isZero();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Long> first = counting(stop, () -> reads(RAM + PAGE));
    CompletableFuture<Long> second = counting(stop, () -> stores(RAM + PAGE));
    CompletableFuture<Long> steady = counting(stop, () -> 1 - reads(RAM));

    // when
    for (int i = 0; i < 2_000; i++) {
      assertThat(map(RAM + PAGE, PAGE, Memfd.create("goes", PAGE))).isZero();
      Thread.onSpinWait();
      assertThat(memory.unmap(RAM + PAGE, PAGE)).isZero();
    }
    stop.set(true);

    // then
    assertThat(first.get(10, TimeUnit.SECONDS)).isNotNegative();
    assertThat(second.get(10, TimeUnit.SECONDS)).isNotNegative();
    assertThat(steady.get(10, TimeUnit.SECONDS)).as("failures of what stays").isZero();
  }

  private long reads(long address) {
    return memory.readLong(address).isPresent() ? 1 : 0;
  }

  private long stores(long address) {
    return memory.writeInt(address, 1) ? 1 : 0;
  }

  private static CompletableFuture<Long> counting(AtomicBoolean stop, LongSupplier step) {
    CompletableFuture<Long> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                long sum = 0;
                while (!stop.get()) {
                  sum += step.getAsLong();
                }
                result.complete(sum);
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  @Test
  void closing_ends_the_reads_of_another_thread() throws Exception {
    // given
    long size = 1L << 20;
    assertThat(map(RAM, size, Memfd.create("ram", size))).isZero();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicBoolean begun = new AtomicBoolean();
    byte[] into = new byte[(int) size];
    CompletableFuture<Long> reading =
        counting(
            stop,
            () -> {
              boolean read = memory.read(RAM, MemorySegment.ofArray(into));
              begun.set(true);
              stop.compareAndSet(false, !read);
              return read ? 1 : 0;
            });
    Await.until("bytes are being read", begun::get);

    // when
    memory.close();

    // then
    assertThat(reading.get(5, TimeUnit.SECONDS)).isPositive();
    assertThat(stop).isTrue();
  }

  @Test
  void a_reply_that_is_too_short_is_a_failure() {
    // given
    DmaChannel brief =
        new DmaChannel() {
          @Override
          public Optional<byte[]> read(long address, int length) {
            return Optional.of(new byte[length - 1]);
          }

          @Override
          public boolean write(long address, byte[] data) {
            return true;
          }
        };
    memory.map(new MapRequest(RAM, PAGE, true, true, 0, null, Optional.empty(), brief));

    // when, then
    assertThat(memory.readLong(RAM)).isEmpty();
    assertThat(memory.read(RAM, MemorySegment.ofArray(new byte[16]))).isFalse();
  }
}
