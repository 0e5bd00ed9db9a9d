package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.LongBuffer;
import org.junit.jupiter.api.Test;

class InvalidationBatchTest {

  @Test
  void entries_are_copied_to_the_beginning_and_nothing_else_is_touched() {
    // given
    LongBuffer buffer = LongBuffer.wrap(new long[] {9, 9, 9, 9, 9}).position(2);

    // when
    InvalidationBatch.of(1, 2, 3, 4).copyTo(buffer);

    // then
    assertThat(buffer.array()).containsExactly(1, 2, 3, 4, 9);
    assertThat(buffer.position()).isEqualTo(2);
  }

  @Test
  void a_buffer_that_is_too_small_is_left_as_it_is() {
    LongBuffer buffer = LongBuffer.allocate(3);

    assertThatThrownBy(() -> InvalidationBatch.of(1, 2, 3, 4).copyTo(buffer))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(buffer.array()).containsOnly(0);
  }
}
