package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.vmm.DmaManner;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guest memory by messages. */
@Tag("slow")
@Timeout(20)
class DmaRequestsTest {

  private static final long RAM = 0x4000_0000L;
  private static final int RAM_BYTES = 4 << 20;

  private ConnectionRig rig;
  private MemorySegment ram;

  private DmaChannel connect(ProtocolLimits limits, String json) throws Exception {
    rig = new ConnectionRig(limits);
    rig.vmm.negotiate(0, 0, json);
    ram = rig.vmm.mapWithoutDescriptor(RAM, RAM_BYTES);
    rig.vmm.enable();
    return rig.connection.dma();
  }

  private DmaChannel connect() throws Exception {
    return connect(ProtocolLimits.DEFAULT, "{}");
  }

  @AfterEach
  void disconnect() throws Exception {
    rig.close();
  }

  @Test
  void it_is_read_and_written() throws Exception {
    DmaChannel dma = connect();
    ram.set(ValueLayout.JAVA_LONG, 0x1000, 0x1122_3344_5566_7788L);

    assertThat(dma.read(RAM + 0x1000, 4))
        .hasValueSatisfying(
            bytes -> assertThat(bytes).isEqualTo(new byte[] {(byte) 0x88, 0x77, 0x66, 0x55}));
    assertThat(dma.write(RAM + 0x2000, new byte[] {1, 2, 3})).isTrue();

    assertThat(ram.get(ValueLayout.JAVA_INT, 0x2000)).isEqualTo(0x030201);
    assertThat(dma.read(RAM, 0)).hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
  }

  @Test
  void long_transfers_are_split_at_the_limit_of_the_vmm() throws Exception {
    DmaChannel dma =
        connect(ProtocolLimits.DEFAULT, "{\"capabilities\":{\"max_data_xfer_size\":1000}}");
    byte[] data = new byte[10_500];
    new Random(1).nextBytes(data);

    assertThat(dma.write(RAM + 5, data)).isTrue();
    assertThat(rig.vmm.dmaRequests()).isEqualTo(11);
    assertThat(dma.read(RAM + 5, data.length))
        .hasValueSatisfying(read -> assertThat(read).isEqualTo(data));
    assertThat(rig.vmm.dmaRequests()).isEqualTo(22);
  }

  @Test
  void the_longest_transfer_is_a_mebibyte() throws Exception {
    DmaChannel dma = connect();
    byte[] data = new byte[1 << 20];
    new Random(2).nextBytes(data);

    assertThat(dma.write(RAM, data)).isTrue();
    assertThat(dma.read(RAM, data.length))
        .hasValueSatisfying(read -> assertThat(read).isEqualTo(data));
    assertThat(rig.vmm.dmaRequests()).isEqualTo(2);
    assertThat(dma.read(RAM, data.length + 1)).isEmpty();
    assertThat(dma.write(RAM, new byte[data.length + 1])).isFalse();
  }

  @Test
  void nothing_is_asked_from_a_reset_until_bus_mastering_is_on() throws Exception {
    DmaChannel dma = connect();
    rig.vmm.reset();

    assertThat(dma.read(RAM, 4)).isEmpty();
    assertThat(dma.write(RAM, new byte[4])).isFalse();
    assertThat(rig.vmm.dmaRequests()).isZero();
  }

  @Test
  void nothing_is_asked_that_cannot_be() throws Exception {
    DmaChannel dma = connect();
    assertThat(dma.read(-4, 8)).as("beyond the address space").isEmpty();
    assertThat(dma.read(RAM, -1)).isEmpty();
    assertThat(rig.vmm.dmaRequests()).isZero();
    assertThat(dma.read(-4, 4)).as("there is no memory, but there could be").isEmpty();
    assertThat(rig.vmm.dmaRequests()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = DmaManner.class,
      names = {"REFUSE", "CUT"})
  void a_refusal_is_no_data(DmaManner manner) throws Exception {
    DmaChannel dma = connect();
    rig.vmm.dma(manner);
    assertThat(dma.read(RAM, 4)).isEmpty();
    assertThat(dma.write(RAM, new byte[4])).isFalse();

    rig.vmm.dma(DmaManner.SERVE);
    assertThat(dma.read(RAM, 4)).isPresent();
  }

  @Test
  void a_vmm_that_does_not_answer_is_waited_for_no_longer_than_agreed() throws Exception {
    DmaChannel dma = connect(ConnectionRig.limits(Duration.ofMillis(400), 8, 10), "{}");
    rig.vmm.dma(DmaManner.IGNORE);

    long begin = System.nanoTime();
    assertThat(dma.read(RAM, 4)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(390), Duration.ofSeconds(5));

    rig.vmm.send(reply(0x8000));
    assertThat(rig.vmm.read32(0)).isZero();
    assertThat(rig.connection.unmatchedReplies()).as("too late").isEqualTo(1);
    rig.vmm.dma(DmaManner.SERVE);
    dma.renewTimeBudget();
    assertThat(dma.read(RAM, 4)).isPresent();
  }

  @Test
  void a_vmm_that_answers_nothing_is_asked_once_for_all_that_one_access_needs() throws Exception {
    DmaChannel dma = connect(ConnectionRig.limits(Duration.ofMillis(300), 8, 10), "{}");
    rig.vmm.dma(DmaManner.IGNORE);

    long begin = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      assertThat(dma.read(RAM, 4)).isEmpty();
      assertThat(dma.write(RAM, new byte[4])).isFalse();
    }

    assertThat(rig.vmm.dmaRequests()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    dma.renewTimeBudget();
    assertThat(dma.write(RAM, new byte[4])).isFalse();
    assertThat(rig.vmm.dmaRequests()).isEqualTo(2);
  }

  private static byte[] reply(int id) {
    return VfioUserClient.header(id, 11, 1, 0, new byte[20]);
  }

  @Test
  void the_reading_thread_must_not_access_memory_by_messages() throws Exception {
    DmaChannel dma = connect();
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    rig.function.onRead =
        () -> {
          try {
            seen.complete(new AssertionError("no refusal: " + dma.read(RAM, 4)));
          } catch (IllegalStateException e) {
            seen.complete(e);
          }
        };

    assertThat(rig.vmm.read32(0)).isZero();

    assertThat(seen.get(1, TimeUnit.SECONDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("reading thread");
    assertThat(rig.vmm.dmaRequests()).isZero();
  }

  @Test
  void registers_are_served_while_somebody_waits_for_memory() throws Exception {
    DmaChannel dma = connect();
    rig.vmm.dma(DmaManner.IGNORE);
    CompletableFuture<Optional<byte[]>> waiting =
        CompletableFuture.supplyAsync(() -> dma.read(RAM, 4));
    while (rig.vmm.dmaRequests() == 0) {
      Thread.onSpinWait();
    }

    assertThat(rig.vmm.read32(0x10)).isEqualTo(0x10);
    assertThat(waiting).isNotDone();

    rig.vmm.close();
    assertThat(waiting.get(2, TimeUnit.SECONDS)).as("with the VMM its answers go").isEmpty();
    assertThat(dma.read(RAM, 4)).isEmpty();
  }

  @Test
  void many_ask_at_a_time_and_each_gets_its_own() throws Exception {
    DmaChannel dma = connect(ConnectionRig.limits(Duration.ofSeconds(5), 3, 10), "{}");
    for (int i = 0; i < 1000; i++) {
      ram.setAtIndex(ValueLayout.JAVA_INT, i, i);
    }
    Thread[] threads = new Thread[16];
    AtomicInteger right = new AtomicInteger();
    for (int t = 0; t < threads.length; t++) {
      int first = t;
      threads[t] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = first; i < 1000; i += threads.length) {
                      byte[] read = dma.read(RAM + 4L * i, 4).orElseThrow();
                      right.addAndGet((read[0] & 0xFF | (read[1] & 0xFF) << 8) == i ? 1 : 0);
                    }
                  });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(right).hasValue(1000);
  }

  @Test
  void ids_start_again_after_the_last() throws Exception {
    DmaChannel dma = connect();
    for (int i = 0; i < 33_000; i++) {
      assertThat(dma.write(RAM, new byte[1])).isTrue();
    }
    assertThat(rig.connection.unmatchedReplies()).isZero();
  }
}
