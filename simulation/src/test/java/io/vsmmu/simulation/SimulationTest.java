package io.vsmmu.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The short form of {@code bench/simulate}. {@code -Dvsmmu.simulation.seed=N} runs one seed, and
 * {@code bench/simulate --seed N} shortens its program.
 */
@Tag("slow")
class SimulationTest {

  /**
   * The same seeds in each build, so that one that fails does so for its own change. Others are
   * those of {@code bench/simulate}.
   */
  private static final long FIRST_SEED = 1;

  private static final int SEEDS = 200;

  /** More than processors: a program waits for threads of the product. */
  private static final int THREADS = 6;

  @BeforeAll
  static void programs_break_what_the_product_warns_about() {
    Simulate.silence();
  }

  @Test
  void two_hundred_random_programs_do_what_the_architecture_says() {
    Long given = Long.getLong("vsmmu.simulation.seed");
    long first = given != null ? given : FIRST_SEED;
    long end = first + (given != null ? 1 : SEEDS);
    AtomicLong next = new AtomicLong(first);
    Queue<String> failed = new ConcurrentLinkedQueue<>();
    Coverage coverage = new Coverage();

    List<Thread> threads =
        IntStream.range(0, THREADS)
            .mapToObj(_ -> Thread.ofPlatform().start(() -> run(next, end, coverage, failed)))
            .toList();
    threads.forEach(SimulationTest::join);

    assertThat(failed).isEmpty();
    assertThat(coverage.counts().get("steps")).isPositive();
  }

  private static void run(AtomicLong next, long end, Coverage coverage, Queue<String> failed) {
    for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
      boolean database = seed % Generator.DATABASE_EVERY == 0;
      Program program = Generator.generate(seed, Simulate.STEPS, database);
      String at = "seed %d, ".formatted(seed);
      Simulation.run(program, coverage)
          .ifPresent(it -> failed.add(at + "step %d: %s".formatted(it.step(), it.what())));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static List<Path> programs() throws IOException {
    Path folder = Path.of("src/test/resources/io/vsmmu/simulation/programs");
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void a_program_that_once_failed_does_what_the_architecture_says(Path file) throws IOException {
    Program program = Program.parse(Files.readAllLines(file));

    Optional<Simulation.Failure> failure = Simulation.run(program, new Coverage());

    assertThat(failure).isEmpty();
  }

  @Test
  void a_program_is_the_same_after_it_was_printed_and_read() {
    for (long seed = 1; seed <= 200; seed++) {
      Program program = Generator.generate(seed, Simulate.STEPS, seed % 2 == 0);

      assertThat(Program.parse(program.text().lines().toList())).isEqualTo(program);
    }
  }

  @Test
  void a_seed_gives_the_same_program_each_time() {
    for (long seed = 1; seed <= 50; seed++) {
      assertThat(Generator.generate(seed, Simulate.STEPS, false))
          .isEqualTo(Generator.generate(seed, Simulate.STEPS, false));
    }
  }
}
