package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.entries;
import static io.vsmmu.journal.JournalFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  private static final JournalLimits LIMITS = new JournalLimits(8192, 100, 1);
  private static final String TEXT = "t".repeat(500);

  @TempDir Path directory;

  private SmallDisk disk(String size) throws IOException {
    Optional<SmallDisk> mounted = SmallDisk.mounted(directory.resolve("disk"), size);
    assumeTrue(mounted.isPresent(), SmallDisk.NEEDS);
    return mounted.orElseThrow();
  }

  private static Journal start(Path place) {
    try (JournalRecovery recovery = JournalFiles.open(place, LIMITS)) {
      return recovery.start(0, false, JournalBoundary.Observer.NONE);
    }
  }

  @Test
  void a_full_file_system_refuses_appends_until_there_is_space_again_and_loses_nothing()
      throws IOException {
    List<String> expected = new ArrayList<>();
    try (SmallDisk disk = disk("256k")) {
      Path own = disk.path().resolve("journal");
      try (Journal journal = start(own)) {
        // given a file system that gets full while the journal runs
        disk.fill();
        JournalFullException full =
            assertThrows(JournalFullException.class, () -> fill(journal, expected));
        assertTrue(full.getMessage().contains("No space left on device"), full.getMessage());
        assertTrue(full.getMessage().contains(own.toString()), full.getMessage());
        assertEquals(full.getMessage(), journal.problem().orElseThrow());
        assertFalse(journal.failed());
        // then what was appended can be synced and read
        journal.sync(journal.last());
        assertEquals(expected, read(journal, 1));
        assertEquals(expected.size(), journal.last());
        awaitNothingUnfinished(own);
        // when there is space again
        disk.empty();
        awaitAppend(journal, expected);
        assertTrue(journal.problem().isEmpty());
        journal.append(entries("after"), true);
        expected.add(journal.last() + " after");
        assertEquals(expected, read(journal, 1));
      }
      try (Journal again = start(own)) {
        assertEquals(expected, read(again, 1));
      }
    }
  }

  private static void fill(Journal journal, List<String> expected) {
    while (expected.size() < 1000) {
      long position = journal.append(entries(TEXT), false);
      expected.add(position + " " + TEXT);
    }
  }

  private static void awaitAppend(Journal journal, List<String> expected) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (true) {
      try {
        expected.add(journal.append(entries(TEXT), true) + " " + TEXT);
        return;
      } catch (JournalFullException stillFull) {
        assertTrue(System.nanoTime() < deadline, stillFull.getMessage());
        Thread.onSpinWait();
      }
    }
  }

  /** The journal may be trying again to make a file, which it deletes when that fails. */
  private static void awaitNothingUnfinished(Path own) throws IOException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!unfinished(own).isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "files that were not finished");
      Thread.onSpinWait();
    }
  }

  private static List<Path> unfinished(Path own) throws IOException {
    try (var files = Files.list(own)) {
      return files.filter(SegmentNames::isUnfinished).toList();
    }
  }

  @Test
  void a_journal_that_has_no_space_for_its_first_segment_does_not_start_and_leaves_nothing()
      throws IOException {
    try (SmallDisk disk = disk("64k")) {
      Path own = Files.createDirectory(disk.path().resolve("journal"));
      Files.createFile(own.resolve("journal.lock"));
      disk.fill();
      JournalFullException full = assertThrows(JournalFullException.class, () -> start(own));
      assertTrue(full.getMessage().contains("No space left"), full.getMessage());
      assertTrue(JournalFiles.contents(own).isEmpty(), "files are left");
      disk.empty();
      start(own).close();
    }
  }

  @Test
  void a_full_file_system_is_reported_also_when_segments_of_another_size_are_there()
      throws IOException {
    try (SmallDisk disk = disk("256k")) {
      Path own = disk.path().resolve("journal");
      try (Journal journal = start(own)) {
        journal.append(entries("a"), true);
      }
      JournalLimits larger = new JournalLimits(1 << 20, 2, 1);
      try (JournalRecovery recovery = JournalFiles.open(own, larger)) {
        // The database is ahead, so a new segment is begun.
        assertThrows(
            JournalFullException.class,
            () -> recovery.start(100, false, JournalBoundary.Observer.NONE));
      }
    }
  }

  @Test
  void a_directory_on_a_read_only_file_system_is_refused() throws IOException {
    try (SmallDisk disk = disk("256k")) {
      Path own = disk.path().resolve("journal");
      try (Journal journal = start(own)) {
        journal.append(entries("a"), true);
      }
      disk.readOnly();
      JournalRefusedException refused =
          assertThrows(JournalRefusedException.class, () -> start(own));
      assertTrue(refused.problem().message().contains(own.toString()));
      assertTrue(
          refused.problem().message().contains("Read-only file system"),
          refused.problem().message());
      assertTrue(refused.problem().remedy().contains("--journal-dir DIR"));
    }
  }
}
