package io.vsmmu.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FdTest {

  @Test
  void aClosedDescriptorHasNoNumberAndIsClosedOnce() throws Exception {
    // given
    Fd first = Memfd.create("first", 0);
    int number = first.number();
    assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isTrue();

    // when: the number is free again, and taken by another
    first.close();
    try (Fd second = Memfd.create("second", 0)) {
      first.close();

      // then
      assertThat(second.number()).isEqualTo(number);
      assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isTrue();
    }
    assertThat(first.isOpen()).isFalse();
    assertThatThrownBy(first::number).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingWaitsForTheCallUnderWay() throws Exception {
    // given
    Fd fd = Memfd.create("held", 0);
    int number = fd.hold("test");

    // when
    fd.close();

    // then
    assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isTrue();
    fd.drop();
    assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isFalse();
    assertThatThrownBy(() -> fd.hold("test")).hasMessage("test: EBADF");
  }

  @Test
  void aFailureNamesCallAndError() {
    PosixException e = new PosixException("bind", Errno.EADDRINUSE);

    assertThat(e).hasMessage("bind: EADDRINUSE");
    assertThat(e.errno().number()).isEqualTo(98);
    assertThat(Errno.text(4095)).isEqualTo("errno 4095");
  }

  @Test
  void weAreWhoProcSaysWeAre() throws Exception {
    int owner = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");

    assertThat(ProcessIdentity.effectiveUid()).isEqualTo(owner);
  }
}
