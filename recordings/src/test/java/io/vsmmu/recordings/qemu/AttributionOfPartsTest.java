package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Recordings cut at the start, at the end and within: no line is attributed to another vSMMU than
 * its own, no vSMMU gets lines of two, and none is invented. {@link AttributionSweep} does the same
 * at many more places.
 */
@Tag("slow")
class AttributionOfPartsTest {

  private static final AttributionSweep REAL = new AttributionSweep(TwoVsmmus.recording());

  /** Lines around the boots of the two vSMMUs, and lines at which a late start was once misread. */
  private static final int[] PLACES = {
    30, 50, 130, 184, 189, 194, 240, 340, 7817, 7818, 7854, 7989
  };

  private final AttributionSweep.Figures figures = new AttributionSweep.Figures("parts");

  @Test
  void a_recording_that_starts_late_is_attributed_right() {
    for (int place : PLACES) {
      REAL.tail(figures, place);
    }
    Random random = new Random(1);
    for (int i = 0; i < 12; i++) {
      REAL.tail(figures, random.nextInt(REAL.lines()));
    }
    assertRight(95);
  }

  @Test
  void a_recording_that_ends_early_is_attributed_right() {
    for (int place : PLACES) {
      REAL.head(figures, place);
    }
    REAL.head(figures, REAL.lines() - 5);
    assertRight(95);
  }

  @Test
  void a_recording_with_holes_is_attributed_right() {
    Random random = new Random(2);
    REAL.hole(figures, 7799, 7840);
    REAL.hole(figures, 7814, 7855);
    REAL.hole(figures, 179, 220);
    REAL.holes(figures, 0, 6173, 6570, 7819);
    for (int i = 0; i < 8; i++) {
      REAL.randomHole(figures, random);
      REAL.randomHoles(figures, random);
      REAL.randomTailWithHole(figures, random);
    }
    assertRight(95);
  }

  @Test
  void a_recording_that_lacks_single_lines_is_attributed_right() {
    for (int seed = 0; seed < 6; seed++) {
      REAL.loss(figures, seed % 2 == 0 ? 0.01 : 0.001, seed);
    }
    assertRight(60);
  }

  @ParameterizedTest
  @CsvSource({"1,0", "1,1", "2,0", "2,1", "2,2", "3,1", "3,3", "4,2", "4,4"})
  void parts_of_recordings_of_machines_of_any_kind_are_attributed_right(
      int vsmmus, int accelerated) {
    for (long seed = 0; seed < 2; seed++) {
      AttributionSweep sweep =
          new AttributionSweep(AttributionSweep.life(seed, vsmmus, accelerated).recording());
      Random random = new Random(seed);
      for (int i = 0; i < 6; i++) {
        sweep.randomHole(figures, random);
        sweep.tail(figures, random.nextInt(sweep.lines()));
        sweep.randomTailWithHole(figures, random);
      }
    }
    assertRight(0);
  }

  private void assertRight(int percent) {
    assertThat(figures.right()).as(figures.toString()).isTrue();
    assertThat(figures.attributed * 100).isGreaterThanOrEqualTo(figures.commands * percent);
  }
}
