package io.vsmmu.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every input that a target begins with, and every input that was once a finding, is taken as the
 * target states. {@code bench/fuzz} makes further inputs of them.
 */
@Tag("slow")
class CorpusTest {

  /** Findings of earlier runs, in a folder for each target. */
  private static final Path FOUND = Path.of("src/test/resources/corpus");

  @ParameterizedTest
  @EnumSource
  void a_target_takes_what_it_begins_with_and_what_was_once_a_finding(FuzzTargets target)
      throws Exception {
    FuzzTarget created = target.create();
    Budget budget = new Budget(created);
    List<byte[]> inputs = new ArrayList<>(created.seeds());
    assertThat(inputs).as("seeds").isNotEmpty();
    for (Path file : found(target)) {
      inputs.add(Files.readAllBytes(file));
    }

    for (byte[] input : inputs) {
      budget.take(input);
    }
  }

  private static List<Path> found(FuzzTargets target) throws IOException {
    Path folder = FOUND.resolve(target.label());
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void what_is_kept_of_findings_belongs_to_a_target() throws IOException {
    if (!Files.isDirectory(FOUND)) {
      return;
    }
    try (Stream<Path> folders = Files.list(FOUND)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .allSatisfy(name -> assertThat(FuzzTargets.named(name)).isNotNull());
    }
  }

  @Test
  void an_input_that_allocates_too_much_is_a_finding() {
    FuzzTarget greedy =
        new FuzzTarget() {
          @Override
          public void take(byte[] input) {
            long bytes = 0;
            while (bytes <= FuzzLimits.ALLOCATED_BYTES) {
              bytes += new byte[1 << 20].length;
            }
          }

          @Override
          public List<byte[]> seeds() {
            return List.of();
          }
        };

    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> new Budget(greedy).take(new byte[0])))
        .isInstanceOf(Finding.class)
        .hasMessageContaining("allocated");
  }
}
