package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.SMALL;
import static io.vsmmu.journal.JournalFiles.entries;
import static io.vsmmu.journal.JournalFiles.read;
import static io.vsmmu.journal.JournalFiles.segments;
import static io.vsmmu.journal.JournalFiles.start;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  @TempDir Path directory;

  @Test
  void positions_follow_the_last_one_in_the_database_without_holes() {
    try (Journal journal = start(directory, 41)) {
      assertEquals(42, journal.append(entries("a", "b"), false));
      assertEquals(44, journal.append(entries("c"), true));
      assertEquals(44, journal.last());
      assertEquals(List.of("42 a", "43 b", "44 c"), read(journal, 42));
      assertEquals(List.of("43 b", "44 c"), read(journal, 43));
    }
  }

  @Test
  void what_was_appended_is_there_after_a_start_and_positions_continue() {
    try (Journal journal = start(directory, 0)) {
      journal.append(entries("a"), false);
      journal.append(entries("b"), true);
    }
    try (Journal again = start(directory, 0)) {
      assertEquals(List.of("1 a", "2 b"), read(again, 1));
      assertEquals(3, again.append(entries("c"), false));
      assertEquals(List.of("1 a", "2 b", "3 c"), read(again, 1));
    }
  }

  @Test
  void an_entry_may_be_empty_and_as_large_as_a_segment_allows() {
    try (Journal journal = start(directory, 0)) {
      journal.append(entries(""), false);
      String large = "x".repeat(SMALL.appendBytes() - 4);
      journal.append(entries(large), true);
      assertEquals(List.of("1 ", "2 " + large), read(journal, 1));
      assertThrows(
          IllegalArgumentException.class, () -> journal.append(entries(large + "x"), false));
      assertThrows(IllegalArgumentException.class, () -> journal.append(List.of(), false));
      assertEquals(2, journal.last());
    }
  }

  @Test
  void a_reader_follows_from_segment_to_segment_and_stops_at_the_last_entry() {
    try (Journal journal = start(directory, 0)) {
      JournalReader reader = journal.reader(1);
      List<String> expected = new ArrayList<>();
      List<String> found = new ArrayList<>();
      for (int i = 1; i <= 60; i++) {
        String text = "entry %d ".formatted(i).repeat(50);
        journal.append(entries(text), i % 7 == 0);
        expected.add(i + text);
        if (i % 5 == 0) {
          long behind = reader.bytesBehind();
          assertTrue(behind > 4 * text.length(), behind + " bytes behind");
          reader.read(1 << 20, (position, entry) -> found.add(position + text(entry)));
          assertEquals(0, reader.bytesBehind());
        }
      }
      assertEquals(expected, found);
      assertTrue(journal.segments().size() > 2);
      assertEquals(0, reader.read(1 << 20, (position, entry) -> found.add("none")));
    }
  }

  private static String text(java.nio.ByteBuffer entry) {
    return java.nio.charset.StandardCharsets.UTF_8.decode(entry).toString();
  }

  @Test
  void a_full_journal_refuses_until_entries_are_released_and_then_uses_their_segments_again()
      throws Exception {
    String kibibyte = "k".repeat(1000);
    try (Journal journal = start(directory, 0)) {
      JournalFullException full =
          assertThrows(
              JournalFullException.class,
              () -> {
                for (int i = 0; i < 1000; i++) {
                  journal.append(entries(kibibyte), false);
                }
              });
      assertTrue(full.getMessage().contains("8 segments"), full.getMessage());
      long last = journal.last();
      assertEquals(SMALL.segments(), segments(directory).size());
      // when half of it is in the database
      journal.release(last / 2);
      for (int i = 0; i < 20; i++) {
        assertEquals(last + 1 + i, journal.append(entries(kibibyte), true));
      }
      assertEquals(last + 20 - last / 2, read(journal, last / 2 + 1).size());
      assertTrue(segments(directory).size() <= SMALL.segments());
    }
    try (Journal again = start(directory, 0, true)) {
      // Nothing of this is damaged; only what was released is gone.
      assertEquals(0, again.released());
    }
  }

  @Test
  void segments_beyond_the_spare_ones_are_deleted_when_their_entries_are_released()
      throws Exception {
    try (Journal journal = start(directory, 0)) {
      for (int i = 0; i < 40; i++) {
        journal.append(entries("s".repeat(1000)), false);
      }
      int most = segments(directory).size();
      journal.release(journal.last());
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (segments(directory).size() > 1 + SMALL.spareSegments()) {
        assertTrue(System.nanoTime() < deadline, "still " + segments(directory));
        Thread.onSpinWait();
      }
      assertTrue(most > 4, most + " segments");
    }
  }

  @Test
  void threads_that_append_and_sync_at_once_get_distinct_positions_that_are_synced()
      throws Exception {
    ConcurrentSkipListSet<Long> positions = new ConcurrentSkipListSet<>();
    try (Journal journal = start(directory, 0)) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 25; i++) {
                        long position = journal.append(entries("x"), i % 2 == 0);
                        if (i % 2 == 0) {
                          journal.sync(position);
                          if (journal.synced() >= position) {
                            positions.add(position);
                          }
                        } else {
                          positions.add(position);
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(200, positions.size());
      assertEquals(200, read(journal, 1).size());
      assertEquals(200, journal.last());
    }
  }

  @Test
  void an_interrupt_neither_loses_an_append_nor_harms_the_journal() {
    try (Journal journal = start(directory, 0)) {
      Thread.currentThread().interrupt();
      journal.append(entries("a"), true);
      journal.sync(1);
      assertTrue(Thread.interrupted());
      journal.append(entries("b"), true);
      journal.sync(2);
      assertEquals(2, journal.synced());
    }
  }

  @Test
  void an_interrupted_thread_makes_the_segments_that_it_needs() throws Exception {
    try (Journal journal = start(directory, 0)) {
      Thread.currentThread().interrupt();
      while (journal.segments().size() < SMALL.segments()) {
        journal.append(entries("i".repeat(3000)), journal.last() % 2 == 0);
      }
      assertTrue(Thread.interrupted());
      assertTrue(journal.problem().isEmpty());
    }
  }

  @Test
  void files_are_for_their_owner_only() throws Exception {
    Path own = directory.resolve("own");
    try (Journal journal = start(own, 0)) {
      journal.append(entries("a"), false);
      for (Path file : segments(own)) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
  }

  /** Fails a system call with EIO where the journal is about to make it. */
  private static JournalBoundary.Observer failing(
      JournalBoundary at, String call, AtomicBoolean fails) {
    return boundary -> {
      if (boundary == at && fails.get()) {
        throw new PosixException(call, Errno.EIO);
      }
    };
  }

  @Test
  void after_a_failed_fdatasync_nothing_more_is_acknowledged_and_the_next_process_has_the_rest() {
    AtomicBoolean fails = new AtomicBoolean();
    try (JournalRecovery recovery = JournalFiles.open(directory, SMALL);
        Journal journal =
            recovery.start(0, false, failing(JournalBoundary.SYNCING, "fdatasync", fails))) {
      journal.append(entries("synced"), true);
      journal.sync(1);
      journal.append(entries("acknowledged by the page cache"), false);
      journal.append(entries("not acknowledged"), true);
      fails.set(true);
      JournalFailedException failed =
          assertThrows(JournalFailedException.class, () -> journal.sync(3));
      assertTrue(failed.getMessage().contains("fdatasync: EIO"), failed.getMessage());
      // The kernel would report the error once: a second call would succeed.
      fails.set(false);
      assertThrows(JournalFailedException.class, () -> journal.sync(2));
      assertThrows(JournalFailedException.class, () -> journal.append(entries("more"), false));
      assertEquals(1, journal.synced());
      assertTrue(journal.failed());
      // What was appended can be read, so that it can be written elsewhere.
      assertEquals(3, read(journal, 1).size());
    }
    try (Journal next = start(directory, 0)) {
      assertEquals(
          List.of("1 synced", "2 acknowledged by the page cache"), read(next, 1).subList(0, 2));
      assertEquals(next.last() + 1, next.append(entries("more"), true));
      next.sync(next.last());
    }
  }

  @Test
  void after_a_failed_write_nothing_more_is_appended() {
    AtomicBoolean fails = new AtomicBoolean();
    try (JournalRecovery recovery = JournalFiles.open(directory, SMALL);
        Journal journal =
            recovery.start(0, false, failing(JournalBoundary.APPENDING, "pwrite", fails))) {
      journal.append(entries("before"), true);
      fails.set(true);
      assertThrows(JournalFailedException.class, () -> journal.append(entries("a"), true));
      fails.set(false);
      assertThrows(JournalFailedException.class, () -> journal.append(entries("b"), true));
      assertEquals(List.of("1 before"), read(journal, 1));
    }
    try (Journal next = start(directory, 0)) {
      assertEquals(List.of("1 before"), read(next, 1));
    }
  }

  @Test
  void a_directory_is_used_by_one_journal_at_a_time() {
    try (Journal journal = start(directory, 0)) {
      JournalRefusedException refused =
          assertThrows(JournalRefusedException.class, () -> start(directory, 0));
      assertTrue(refused.problem().remedy().contains("--journal-dir"));
      journal.append(entries("a"), false);
    }
    start(directory, 0).close();
  }

  @Test
  void a_journal_whose_directory_is_removed_says_so_and_takes_nothing_more() throws Exception {
    Path own = directory.resolve("own");
    try (Journal journal = start(own, 0)) {
      journal.append(entries("a"), false);
      for (Path file : segments(own)) {
        Files.delete(file);
      }
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!journal.failed()) {
        assertTrue(System.nanoTime() < deadline, "not noticed");
        Thread.onSpinWait();
      }
      assertTrue(journal.problem().orElseThrow().contains("removed"));
      assertThrows(JournalFailedException.class, () -> journal.append(entries("b"), false));
      // then what was acknowledged can still be shipped
      assertEquals(List.of("1 a"), read(journal, 1));
    }
  }
}
