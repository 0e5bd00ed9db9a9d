package io.vsmmu.host.uapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.Vevent;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads the bytes that the kernel writes, here from a file. */
class VeventQueueFdTest {

  private static final long LOST = 1L;

  private Fd bytes;

  @BeforeEach
  void open() throws Exception {
    bytes = Memfd.create("records", 0);
  }

  @AfterEach
  void close() {
    bytes.close();
  }

  private VeventQueueFd queue(long... words) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment content = arena.allocateFrom(ValueLayout.JAVA_LONG, words);
      DeviceCalls.writeAt(bytes, content, 0);
    }
    return VeventQueueFd.over(KernelCalls.system(), 7, bytes);
  }

  private static long header(int sequence, long flags) {
    return flags | (long) sequence << 32;
  }

  @Test
  void faults_and_a_loss_are_distinguished() {
    VeventQueueFd queue =
        queue(header(4, 0), 0x10, 1, 2, 3, header(5, 0), 0x11, 4, 5, 6, header(9, LOST));

    assertThat(queue.read(16).value())
        .containsExactly(
            new Vevent.Fault(4, 0x10, 1, 2, 3),
            new Vevent.Fault(5, 0x11, 4, 5, 6),
            new Vevent.LostEvents(9));
    assertThat(queue.read(16).value()).isEmpty();
  }

  @Test
  void a_read_takes_no_more_than_it_was_asked_for() {
    VeventQueueFd queue = queue(header(0, 0), 1, 2, 3, 4, header(1, 0), 5, 6, 7, 8);

    assertThat(queue.read(1).value()).containsExactly(new Vevent.Fault(0, 1, 2, 3, 4));
    assertThat(queue.read(-1).value()).containsExactly(new Vevent.Fault(1, 5, 6, 7, 8));
  }

  @Test
  void a_record_that_is_none_is_a_refusal() {
    assertThat(queue(header(0, 0), 1, 2).read(16).refusal()).contains(Errno.EPROTO);
  }

  @Test
  void a_closed_queue_is_a_bad_descriptor() {
    VeventQueueFd queue = queue(header(0, LOST));
    queue.close();

    assertThat(queue.read(1).refusal()).contains(Errno.EBADF);
    assertThat(queue.poll(0).refusal()).contains(Errno.EBADF);
  }
}
