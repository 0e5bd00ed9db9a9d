package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.vmm.VfioUserClient;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which thread of a connection reads messages, and which one works. */
@Timeout(20)
class LeaderFollowerTest {

  private static final long RAM = 0x4000_0000L;
  private static final int RAM_BYTES = 1 << 16;
  private static final int REGISTER = 0x98;

  @Test
  void work_that_lasts_does_not_keep_a_register_from_being_read() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      // given a function whose work does not end
      CountDownLatch ended = new CountDownLatch(1);
      rig.function.onWork = () -> await(ended);
      rig.vmm.post32(REGISTER, 1);
      // when the VMM reads a register
      long read = rig.vmm.read32(4);
      // then it is answered while the work goes on
      assertThat(read).isEqualTo(4);
      assertThat(ended.getCount()).isEqualTo(1);
      ended.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50})
  void the_lead_changes_as_often_as_work_lasts(int times) throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      BlockingQueue<CountDownLatch> working = new LinkedBlockingQueue<>();
      rig.function.onWork =
          () -> {
            CountDownLatch end = new CountDownLatch(1);
            working.add(end);
            await(end);
          };
      for (int i = 0; i < times; i++) {
        // given
        rig.vmm.post32(REGISTER, i);
        CountDownLatch end = working.take();
        // when
        long read = rig.vmm.read32(4);
        // then
        assertThat(read).isEqualTo(4);
        end.countDown();
      }
    }
  }

  @Test
  void short_work_is_done_by_the_thread_that_read_the_message() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      // given
      BlockingQueue<Thread> workers = new LinkedBlockingQueue<>();
      rig.function.onWork = () -> workers.add(Thread.currentThread());
      // when
      for (int i = 0; i < 100; i++) {
        assertThat(rig.vmm.write(0, REGISTER, 4, i)).isZero();
        // then
        assertThat(workers.take()).isEqualTo(rig.thread);
      }
    }
  }

  @Test
  void work_that_waits_for_a_message_has_it_read_at_once() throws Exception {
    try (ConnectionRig rig = ConnectionRig.negotiated()) {
      // given guest memory by messages
      rig.vmm.mapWithoutDescriptor(RAM, RAM_BYTES).set(ValueLayout.JAVA_INT, 0x10, 0x0403_0201);
      rig.vmm.enable();
      CompletableFuture<Optional<byte[]>> memory = new CompletableFuture<>();
      rig.function.onWork = () -> memory.complete(rig.connection.dma().read(RAM + 0x10, 4));
      // when
      rig.vmm.post32(REGISTER, 1);
      // then
      assertThat(memory.get(10, TimeUnit.SECONDS).orElseThrow()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void messages_that_were_sent_together_are_handled_before_the_work_that_they_leave()
      throws Exception {
    // given a VMM that sends a write, a read and a write at once, before the connection reads
    UnixStream.Pair pair = UnixStream.pair();
    RecordingFunction function = new RecordingFunction();
    CountDownLatch worked = new CountDownLatch(1);
    function.onWork =
        () -> {
          function.calls.add("work");
          worked.countDown();
        };
    VfioUserConnection connection =
        new VfioUserConnection(pair.first(), function, ProtocolLimits.DEFAULT);
    VfioUserClient vmm = VfioUserClient.over(pair.second());
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    function.onRead =
        () -> {
          reading.countDown();
          await(sent);
        };
    Thread thread = Thread.ofPlatform().start(connection::run);
    vmm.negotiate();
    CompletableFuture<Long> held = CompletableFuture.supplyAsync(() -> vmm.read32(8));
    await(reading);
    // when
    vmm.post32(REGISTER, 1);
    vmm.post32(REGISTER, 2);
    sent.countDown();
    held.get(10, TimeUnit.SECONDS);
    await(worked);
    // then
    assertThat(function.calls.subList(function.calls.size() - 4, function.calls.size()))
        .isEqualTo(List.of("read 8/4", "write 98/4=1", "write 98/4=2", "work"));
    vmm.close();
    thread.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("waited for 10 s");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
