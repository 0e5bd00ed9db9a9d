package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.recording.RecordingService.Format;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImportStageTest {

  /** More items than can wait. */
  private static final int MANY = ImportLimits.BATCH_STIMULI * (ImportLimits.WAITING_BATCHES + 3);

  private final ImportRun run =
      new ImportRun(ImportRequest.of(Format.QEMU_TRACE, "stage"), Clock.systemUTC());

  /** Keeps what it takes. */
  private static class Taking implements ImportStage.Work<Integer> {

    final List<Integer> taken = new ArrayList<>();
    boolean finished;

    @Override
    public void take(Integer item) {
      taken.add(item);
    }

    @Override
    public void pause() {
      // Nothing is reported.
    }

    @Override
    public void finish() {
      finished = true;
    }
  }

  private ImportStage<Integer> stage(ImportStage.Work<Integer> work) {
    return new ImportStage<>(run, "-test", _ -> 1, work);
  }

  @Test
  void everything_is_taken_in_the_order_in_which_it_was_given() {
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      // given
      List<Integer> items = IntStream.range(0, random.nextInt(3000)).boxed().toList();
      Taking work = new Taking();

      // when
      try (ImportStage<Integer> stage = stage(work)) {
        items.forEach(stage::give);
        stage.finish();
      }

      // then
      assertThat(work.taken).isEqualTo(items);
      assertThat(work.finished).isTrue();
    }
  }

  @Test
  void large_items_are_handed_on_before_a_batch_is_full() throws Exception {
    // given
    CountDownLatch first = new CountDownLatch(1);
    Taking work =
        new Taking() {
          @Override
          public void take(Integer item) {
            first.countDown();
          }
        };

    // when
    try (ImportStage<Integer> stage =
        new ImportStage<>(run, "-test", _ -> ImportLimits.BATCH_BYTES, work)) {
      stage.give(1);

      // then
      first.await();
    }
  }

  @Test
  void slow_work_holds_the_giver_back() throws Exception {
    // given
    CountDownLatch go = new CountDownLatch(1);
    Taking work =
        new Taking() {
          @Override
          public void take(Integer item) {
            awaitQuietly(go);
            super.take(item);
          }
        };
    AtomicInteger given = new AtomicInteger();
    CountDownLatch allGiven = new CountDownLatch(1);
    Thread giver =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (ImportStage<Integer> stage = stage(work)) {
                    for (int i = 0; i < 2 * MANY; i++) {
                      stage.give(i);
                      given.incrementAndGet();
                    }
                    allGiven.countDown();
                    stage.finish();
                  }
                });

    // when
    boolean held = !giver.join(Duration.ofMillis(300));
    int most = given.get();
    go.countDown();
    giver.join();

    // then
    assertThat(held).isTrue();
    assertThat(most).isPositive().isLessThan(MANY);
    assertThat(work.taken).hasSize(2 * MANY);
    assertThat(work.finished).isTrue();
  }

  @Test
  void a_failure_of_the_work_is_thrown_to_the_giver_and_ends_the_work() {
    for (int at :
        new int[] {0, 1, ImportLimits.BATCH_STIMULI, 3 * ImportLimits.BATCH_STIMULI + 5}) {
      // given
      Taking work =
          new Taking() {
            @Override
            public void take(Integer item) {
              if (item == at) {
                throw new IllegalStateException("item " + item);
              }
              super.take(item);
            }
          };

      // when
      try (ImportStage<Integer> stage = stage(work)) {
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < MANY; i++) {
                    stage.give(i);
                  }
                  stage.finish();
                })
            // then
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("item " + at);
      }
      assertThat(work.taken).hasSize(at);
      assertThat(work.finished).isFalse();
    }
  }

  @Test
  void an_import_that_is_stopped_gives_no_more_while_the_work_waits() throws Exception {
    // given
    CountDownLatch never = new CountDownLatch(1);
    Taking work =
        new Taking() {
          @Override
          public void take(Integer item) {
            awaitQuietly(never);
          }
        };
    try (ImportStage<Integer> stage = stage(work)) {
      Thread stopper = Thread.ofPlatform().start(this::stopRun);

      // when
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 2 * MANY; i++) {
                  stage.give(i);
                }
              })
          // then
          .isInstanceOf(ImportStoppedException.class)
          .hasMessage("no longer wanted");
      stopper.join();
    }
    assertThat(work.finished).isFalse();
  }

  @Test
  void closing_ends_work_that_waits_and_drops_the_rest() {
    // given
    CountDownLatch never = new CountDownLatch(1);
    Taking work =
        new Taking() {
          @Override
          public void take(Integer item) {
            super.take(item);
            awaitQuietly(never);
          }
        };
    ImportStage<Integer> stage = stage(work);
    for (int i = 0; i < 2 * ImportLimits.BATCH_STIMULI; i++) {
      stage.give(i);
    }

    // when
    stage.close();

    // then
    assertThat(work.taken).hasSizeLessThanOrEqualTo(1);
    assertThat(work.finished).isFalse();
  }

  private void stopRun() {
    try {
      run.stop("no longer wanted", Duration.ZERO);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
