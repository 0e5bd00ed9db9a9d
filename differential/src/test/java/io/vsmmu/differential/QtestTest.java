package io.vsmmu.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class QtestTest {

  private final StringWriter asked = new StringWriter();

  private Qtest answering(String lines) {
    return new Qtest(new BufferedReader(new StringReader(lines)), new BufferedWriter(asked));
  }

  @Test
  void the_width_is_the_letter_and_the_answer_a_hexadecimal_number() {
    Qtest qtest = answering("OK 0x00000000ffffffff\nOK\n");

    assertThat(qtest.read(0x9050000L, 4)).isEqualTo(0xFFFF_FFFFL);
    qtest.write(0x9050080L, 8, -1);

    assertThat(asked).hasToString("readl 0x9050000\nwriteq 0x9050080 0xffffffffffffffff\n");
  }

  @Test
  void words_are_asked_for_at_once_and_answered_in_order() {
    Qtest qtest = answering("OK 0x0000000000000001\nOK 0x0000000000000002\n");

    assertThat(qtest.readWords(List.of(0x10L, 0x14L))).containsExactly(1L, 2L);
    assertThat(asked).hasToString("readl 0x10\nreadl 0x14\n");
  }

  @Test
  void an_interrupt_between_request_and_answer_is_told_once() {
    Qtest qtest = answering("IRQ raise 0\nIRQ lower 0\nOK\nOK\n");
    qtest.write(0, 4, 0);

    assertThat(qtest.interrupted()).isTrue();
    qtest.write(0, 4, 0);
    assertThat(qtest.interrupted()).isFalse();
  }

  @Test
  void an_assertion_that_fails_is_the_end_of_qemu() {
    Qtest qtest = answering("Bail out! ERROR:hw/arm/smmuv3.c:464\n");

    assertThatThrownBy(() -> qtest.step(1)).isInstanceOf(QemuEndedException.class);
    assertThat(qtest.ended()).isTrue();
  }

  @Test
  void silence_is_the_end_of_qemu() {
    assertThatThrownBy(() -> answering("").read(0, 4)).isInstanceOf(QemuEndedException.class);
  }
}
