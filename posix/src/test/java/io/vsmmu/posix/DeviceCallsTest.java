package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DeviceCallsTest {

  /** FIONREAD: number of bytes that can be read without blocking (asm-generic/ioctls.h). */
  private static final int FIONREAD = 0x541B;

  private static final Path ZERO = Path.of("/dev/zero");

  @Test
  void an_ioctl_fills_its_structure_and_gives_its_result() throws Exception {
    try (Fd memory = Memfd.create("asked", 77);
        EventFd event = EventFd.create();
        Arena arena = Arena.ofConfined()) {
      // given
      MemorySegment argument = arena.allocate(ValueLayout.JAVA_INT);

      // when: a file knows the request, an eventfd does not
      int known = DeviceCalls.ioctl(memory, FIONREAD, argument);
      int unknown = DeviceCalls.ioctl(event.fd(), FIONREAD, argument);

      // then
      assertThat(known).isZero();
      assertThat(argument.get(ValueLayout.JAVA_INT, 0)).isEqualTo(77);
      assertThat(unknown).isEqualTo(-Errno.ENOTTY.number());
    }
  }

  @Test
  void a_request_above_2_to_the_31_is_unsigned() throws Exception {
    try (Fd zero = DeviceCalls.open(ZERO)) {
      assertThat(DeviceCalls.ioctl(zero, 0xC000_3B80, 0)).isEqualTo(-Errno.ENOTTY.number());
    }
  }

  @Test
  void threads_do_not_see_each_others_errors() throws Exception {
    try (Fd zero = DeviceCalls.open(ZERO);
        Fd memory = Memfd.create("asked", 1);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      // when: one request is unknown, the other has an address that is not mapped
      Future<Boolean> unknown = threads.submit(() -> always(zero, -Errno.ENOTTY.number()));
      Future<Boolean> fault = threads.submit(() -> always(memory, -Errno.EFAULT.number()));

      // then
      assertThat(unknown.get()).isTrue();
      assertThat(fault.get()).isTrue();
    }
  }

  private static boolean always(Fd fd, int error) {
    return IntStream.range(0, 20_000).allMatch(i -> DeviceCalls.ioctl(fd, FIONREAD, 1) == error);
  }

  @Test
  void a_device_is_read_and_written_at_an_offset() throws Exception {
    try (Fd memory = Memfd.create("offsets", 64);
        Arena arena = Arena.ofConfined()) {
      // given
      MemorySegment out = arena.allocateFrom(ValueLayout.JAVA_LONG, 0x0123_4567_89AB_CDEFL);
      MemorySegment in = arena.allocate(16);

      // when
      long written = DeviceCalls.writeAt(memory, out, 40);
      long read = DeviceCalls.readAt(memory, in, 48 - 16 + 8);
      long beyond = DeviceCalls.readAt(memory, in, 64);

      // then
      assertThat(written).isEqualTo(8);
      assertThat(read).isEqualTo(16);
      assertThat(in.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(0x0123_4567_89AB_CDEFL);
      assertThat(beyond).isZero();
      assertThat(DeviceCalls.readAt(memory, in, -1)).isEqualTo(-Errno.EINVAL.number());
    }
  }

  @Test
  void waiting_ends_with_something_to_read_or_with_the_time() throws Exception {
    try (EventFd event = EventFd.create();
        Arena arena = Arena.ofConfined()) {
      // given
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      long begin = System.nanoTime();

      // when, then
      assertThat(DeviceCalls.awaitReadable(event.fd(), 60)).isZero();
      assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(55));
      assertThat(DeviceCalls.read(event.fd(), value)).isEqualTo(-Errno.EAGAIN.number());
      event.signal();
      assertThat(DeviceCalls.awaitReadable(event.fd(), 10_000)).isPositive();
      assertThat(DeviceCalls.read(event.fd(), value)).isEqualTo(8);
      assertThat(value.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1);
      assertThat(DeviceCalls.write(event.fd(), value)).isEqualTo(8);
    }
  }

  @Test
  void a_closed_descriptor_gives_ebadf_and_no_exception() throws Exception {
    Fd closed = Memfd.create("closed", 64);
    closed.close();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(8);

      assertThat(DeviceCalls.ioctl(closed, FIONREAD, bytes)).isEqualTo(-Errno.EBADF.number());
      assertThat(DeviceCalls.read(closed, bytes)).isEqualTo(-Errno.EBADF.number());
      assertThat(DeviceCalls.writeAt(closed, bytes, 0)).isEqualTo(-Errno.EBADF.number());
      assertThat(DeviceCalls.awaitReadable(closed, 0)).isEqualTo(-Errno.EBADF.number());
    }
  }

  @Test
  void what_cannot_be_opened_says_why() {
    assertThatThrownBy(() -> DeviceCalls.open(Path.of("/dev/no such device")))
        .hasMessage("open: ENOENT");
    assertThatThrownBy(() -> DeviceCalls.open(Path.of("/dev"))).hasMessage("open: EISDIR");
  }

  @Test
  void a_character_device_has_a_number_that_sysfs_knows() throws Exception {
    try (Fd zero = DeviceCalls.open(ZERO);
        Fd memory = Memfd.create("no device", 8)) {
      DeviceNumber number = DeviceNumber.of(zero).orElseThrow();

      assertThat(number).hasToString("1:5");
      assertThat(Files.readString(Path.of("/sys/dev/char/" + number + "/uevent")))
          .contains("DEVNAME=zero");
      assertThat(DeviceNumber.of(memory)).isEmpty();
    }
  }

  @Test
  void a_descriptor_of_a_process_is_the_same_file() throws Exception {
    try (Fd memory = Memfd.create("of a process", 12_288);
        PidFd process = PidFd.open((int) ProcessHandle.current().pid());
        Fd copy = process.descriptor(memory.number())) {
      assertThat(copy.number()).isNotEqualTo(memory.number());
      assertThat(FileStatus.of(copy).sameFileAs(FileStatus.of(memory))).isTrue();
      assertThatThrownBy(() -> process.descriptor(1_000_000)).hasMessage("pidfd_getfd: EBADF");
    }
    assertThatThrownBy(() -> PidFd.open(Integer.MAX_VALUE)).hasMessage("pidfd_open: ESRCH");
  }
}
