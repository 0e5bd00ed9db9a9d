package io.vsmmu.debugger.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.travel.TimeTravel;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartTest {

  @Test
  void parts_cover_all_of_it_and_begin_where_a_snapshot_is_the_state_before() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      long first = random.nextLong(random.nextBoolean() ? 3 : 100_000);
      Part whole = new Part(first, first + random.nextLong(200_000));
      long snapshot =
          random.nextLong(0, 1 + whole.last() / TimeTravel.SNAPSHOT_INTERVAL)
                  * TimeTravel.SNAPSHOT_INTERVAL
              - 1;
      boolean backward = random.nextBoolean();

      List<Part> cut = whole.cut(snapshot, backward);

      List<Part> parts = backward ? cut.reversed() : cut;
      String label = "seed %d: %s up to %d: %s".formatted(seed, whole, snapshot, parts);
      long next = whole.first();
      for (Part part : parts) {
        assertThat(part.first()).as(label).isEqualTo(next);
        assertThat(part.isEmpty()).as(label).isFalse();
        if (part.first() > whole.first()) {
          assertThat((part.first() - 1) % TimeTravel.SNAPSHOT_INTERVAL).as(label).isZero();
          assertThat(part.first() - 2).as(label).isLessThanOrEqualTo(snapshot);
        }
        next = part.last() + 1;
      }
      assertThat(next).as(label).isEqualTo(whole.last() + 1);
    }
  }

  @Test
  void the_part_that_is_read_first_is_short() {
    Part whole = new Part(0, 1_000_000);
    long snapshot = 999_423;

    assertThat(whole.cut(snapshot, false).getFirst().events()).isLessThan(3000);
    assertThat(whole.cut(snapshot, true).getFirst().events()).isLessThan(3000);
    assertThat(whole.cut(snapshot, false)).hasSizeLessThan(100);
  }
}
