package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {

  private static final int THREADS = 4;

  @Test
  void threads_that_need_the_programs_at_once_get_those_that_one_of_them_unpacked(
      @TempDir Path cache) throws Exception {
    List<Future<Path>> homes = new ArrayList<>();
    // given a cache without programs
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      // when
      for (int i = 0; i < THREADS; i++) {
        homes.add(threads.submit(() -> PostgresBinaries.unpackedIn(cache)));
      }
    }
    // then
    for (Future<Path> home : homes) {
      assertThat(home.get()).isEqualTo(homes.getFirst().get());
      assertThat(Files.isExecutable(home.get().resolve("bin/postgres"))).isTrue();
    }
  }
}
