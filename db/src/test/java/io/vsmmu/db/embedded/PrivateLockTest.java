package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateLockTest {

  @TempDir Path folder;

  @Test
  void a_lock_that_was_refused_to_a_second_user_of_this_process_still_keeps_other_processes_out()
      throws IOException {
    Path file = folder.resolve("lock");
    PrivateLock first = PrivateLock.tryTake(file).orElseThrow();
    // when
    Optional<PrivateLock> second = PrivateLock.tryTake(file);
    // then
    assertThat(second).isEmpty();
    assertThat(isLocked(file)).isTrue();
    first.close();
    assertThat(isLocked(file)).isFalse();
    PrivateLock.tryTake(file).orElseThrow().close();
  }

  /** Whether the kernel knows a lock of this process on the file (proc_locks(5)). */
  private static boolean isLocked(Path file) throws IOException {
    String process = " " + ProcessHandle.current().pid() + " ";
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains(process) && line.contains(inode));
  }
}
