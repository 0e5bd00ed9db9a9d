package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventFdTest {

  @Test
  void signalsAddUpUntilTheyAreRead() throws Exception {
    try (EventFd event = EventFd.create()) {
      // given
      event.signal();
      event.signal();
      event.signal();

      // when, then
      assertThat(event.read()).isEqualTo(3);
    }
  }

  @Test
  void aReaderWaitsForASignal() throws Exception {
    try (EventFd event = EventFd.create()) {
      // given
      CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> read(event));
      Thread.sleep(100);
      assertThat(waiting).isNotDone();

      // when
      event.signal();

      // then
      assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  private static long read(EventFd event) {
    try {
      return event.read();
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFullCounterOfABlockingEventfdBlocksNobody() throws Exception {
    // given: as a VMM may pass it
    Fd blocking = Fd.owning(Libc.CALLS.eventfd(0, 0));
    try (EventFd event = EventFd.over(blocking);
        Arena arena = Arena.ofConfined()) {
      long full = arena.allocateFrom(ValueLayout.JAVA_LONG, -2L).address();
      assertThat(Libc.CALLS.write(blocking.number(), full, Long.BYTES)).isEqualTo(Long.BYTES);

      // when
      event.signal();

      // then
      assertThat(event.read()).isEqualTo(-2L);
    }
  }

  @Test
  void aClosedOneSaysSo() throws Exception {
    EventFd event = EventFd.create();
    event.close();

    assertThat(event.fd().isOpen()).isFalse();
    assertThatThrownBy(event::signal).hasMessage("eventfd write: EBADF");
    assertThatThrownBy(event::read).hasMessage("eventfd read: EBADF");
  }
}
