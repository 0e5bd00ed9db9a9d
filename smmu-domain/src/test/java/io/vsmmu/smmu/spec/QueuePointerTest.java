package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class QueuePointerTest {

  @Test
  void equal_pointers_are_empty_and_the_same_index_with_the_other_wrap_bit_is_full() {
    QueuePointer cons = QueuePointer.normalise(0x5, 3);

    assertThat(QueuePointer.normalise(0x5, 3).emptyFor(cons)).isTrue();
    assertThat(QueuePointer.normalise(0xd, 3).fullFor(cons)).isTrue();
    assertThat(QueuePointer.normalise(0xc, 3).fullFor(cons)).isFalse();
    assertThat(QueuePointer.normalise(0xc, 3).distanceFrom(cons)).isEqualTo(7);
  }

  @Test
  void a_full_lap_toggles_the_wrap_bit_and_two_come_home() {
    QueuePointer start = new QueuePointer(0, 3);

    assertThat(start.advance(7).index()).isEqualTo(7);
    assertThat(start.advance(8)).isEqualTo(new QueuePointer(8, 3));
    assertThat(start.advance(8).index()).isZero();
    assertThat(start.advance(16)).isEqualTo(start);
  }

  @Test
  void register_bits_above_the_wrap_bit_do_not_count() {
    assertThat(QueuePointer.normalise(0x810ffff5, 3)).isEqualTo(new QueuePointer(5, 3));
    assertThat(QueuePointer.normalise(0xffffffff, 19)).isEqualTo(new QueuePointer(0xfffff, 19));
  }

  @Test
  void a_queue_of_one_entry_is_empty_or_full() {
    QueuePointer cons = new QueuePointer(0, 0);

    assertThat(cons.advance(1).fullFor(cons)).isTrue();
    assertThat(cons.advance(1).index()).isZero();
    assertThat(cons.advance(2).emptyFor(cons)).isTrue();
  }

  @Test
  void more_entries_than_the_queue_has_is_inconsistent() {
    QueuePointer cons = new QueuePointer(2, 3);

    assertThat(new QueuePointer(10, 3).consistentWith(cons)).isTrue();
    assertThat(new QueuePointer(11, 3).consistentWith(cons)).isFalse();
    assertThat(new QueuePointer(1, 3).distanceFrom(cons)).isEqualTo(15);
  }

  @Test
  void pointers_of_other_sizes_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new QueuePointer(16, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new QueuePointer(0, 20));
    assertThatIllegalArgumentException().isThrownBy(() -> new QueuePointer(0, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QueuePointer(0, 3).distanceFrom(new QueuePointer(0, 4)));
  }
}
