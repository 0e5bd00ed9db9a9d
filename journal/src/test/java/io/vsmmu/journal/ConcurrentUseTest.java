package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends, syncs, releases and readers at the same time, in segments that are used up quickly. */
class ConcurrentUseTest {

  private static final JournalLimits LIMITS = new JournalLimits(8192, 6, 1);
  private static final int APPENDS = 2000;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  private static Journal start(Path place, JournalBoundary.Observer observer) {
    try (JournalRecovery recovery = JournalFiles.open(place, LIMITS)) {
      return recovery.start(0, false, observer);
    }
  }

  private void run(Runnable work) {
    threads.add(
        Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failures.add(e)).start(work));
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(failures.isEmpty(), () -> failures.peek().toString());
  }

  private static long appendWhenThereIsRoom(Journal journal, boolean willSync) {
    while (true) {
      try {
        return journal.append(entries("e".repeat(200)), willSync);
      } catch (JournalFullException full) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_shipper_reads_syncs_and_releases_while_others_append_and_sync() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (Journal journal = start(directory, JournalBoundary.Observer.NONE)) {
      // given two threads that append and sync
      for (int t = 0; t < 2; t++) {
        run(
            () -> {
              for (int i = 0; i < APPENDS; i++) {
                long position = appendWhenThereIsRoom(journal, i % 2 == 0);
                if (i % 2 == 0) {
                  journal.sync(position);
                  assertTrue(journal.synced() >= position);
                }
              }
            });
      }
      // and one that reads everything once, in order, and releases it
      run(
          () -> {
            JournalReader reader = journal.reader(1);
            long expected = 1;
            while (expected <= 2 * APPENDS) {
              List<Long> read = new ArrayList<>();
              reader.read(4096, (position, entry) -> read.add(position + length(entry)));
              for (long position : read) {
                assertEquals(expected++, position);
              }
              journal.release(reader.next() - 1);
              if (expected % 7 == 0) {
                reader = journal.reader(reader.next());
              }
            }
            done.set(true);
          });
      // and one that begins at the end again and again
      run(
          () -> {
            while (!done.get()) {
              long from = journal.last() + 1;
              try {
                JournalReader reader = journal.reader(from);
                assertTrue(reader.next() >= from);
                assertTrue(reader.bytesBehind() >= 0);
              } catch (IllegalArgumentException released) {
                assertTrue(released.getMessage().contains("not in the journal any more"));
              }
            }
          });
      join();
      assertFalse(journal.failed(), () -> journal.problem().orElseThrow());
      assertEquals(2L * APPENDS, journal.last());
      assertEquals(0, journal.reader(journal.last() + 1).bytesBehind());
    }
  }

  private static long length(ByteBuffer entry) {
    assertEquals(200, entry.remaining());
    return 0;
  }

  @Test
  void segments_that_are_deleted_while_a_sync_is_under_way_do_not_fail_it() throws Exception {
    Journal[] started = new Journal[1];
    AtomicBoolean released = new AtomicBoolean();
    JournalBoundary.Observer releasing =
        boundary -> {
          if (boundary == JournalBoundary.SYNCING && !released.getAndSet(true)) {
            // Behind this boundary the sync still knows the segments that are deleted here.
            releaseAndAwaitDeletion(started[0]);
          }
        };
    try (Journal journal = start(directory, releasing)) {
      started[0] = journal;
      while (journal.segments().size() < 5) {
        appendWhenThereIsRoom(journal, false);
      }
      journal.sync(journal.last());
      assertFalse(journal.failed());
      assertEquals(journal.last(), journal.synced());
    }
  }

  private void releaseAndAwaitDeletion(Journal journal) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    journal.release(journal.last());
    while (countSegments() > 1 + LIMITS.spareSegments()) {
      assertTrue(System.nanoTime() < deadline, "not deleted");
      Thread.onSpinWait();
    }
  }

  private int countSegments() {
    try {
      return JournalFiles.segments(directory).size();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_reader_that_begins_in_a_released_segment_is_refused_and_harms_nothing() {
    try (Journal journal = start(directory, JournalBoundary.Observer.NONE)) {
      while (journal.segments().size() < 4) {
        appendWhenThereIsRoom(journal, false);
      }
      JournalReader behind = journal.reader(1);
      journal.release(journal.last());
      assertThrows(IllegalArgumentException.class, () -> journal.reader(1));
      assertThrows(IllegalArgumentException.class, () -> journal.reader(journal.last() + 2));
      // A reader that is behind reads what is still there, or notices that it is not.
      try {
        behind.read(1 << 20, (position, entry) -> assertEquals(200, entry.remaining()));
      } catch (IllegalStateException released) {
        assertTrue(released.getMessage().contains("released"), released.getMessage());
      }
      assertFalse(journal.failed());
      appendWhenThereIsRoom(journal, false);
      assertEquals(1, JournalFiles.read(journal, journal.last()).size());
    }
  }

  @Test
  void bytes_behind_a_reader_do_not_count_what_was_released_before_it_began() {
    try (Journal journal = start(directory, JournalBoundary.Observer.NONE)) {
      while (journal.segments().size() < 4) {
        appendWhenThereIsRoom(journal, false);
      }
      journal.release(journal.last() - 1);
      assertEquals(240, journal.reader(journal.last()).bytesBehind());
      assertEquals(0, journal.reader(journal.last() + 1).bytesBehind());
    }
  }

  @Test
  void an_entry_that_writes_another_length_than_it_has_is_refused_and_harms_nothing() {
    try (Journal journal = start(directory, JournalBoundary.Observer.NONE)) {
      JournalEntry wrong =
          new JournalEntry() {
            @Override
            public int bytes() {
              return 5;
            }

            @Override
            public void write(ByteBuffer into) {
              into.putInt(1);
            }
          };
      assertThrows(IllegalArgumentException.class, () -> journal.append(List.of(wrong), false));
      assertEquals(1, journal.append(entries("right"), false));
      assertEquals(List.of("1 right"), JournalFiles.read(journal, 1));
    }
  }

  @Test
  void a_second_opening_in_the_same_process_leaves_the_lock_of_the_first() throws Exception {
    try (Journal journal = start(directory, JournalBoundary.Observer.NONE)) {
      assertEquals(1, locks());
      assertThrows(
          JournalRefusedException.class, () -> start(directory, JournalBoundary.Observer.NONE));
      assertEquals(1, locks(), "after a refusal");
      appendWhenThereIsRoom(journal, false);
    }
    assertEquals(0, locks());
  }

  /** The number of locks of the directory's lock file in this process. */
  private long locks() throws Exception {
    long inode = (Long) Files.getAttribute(directory.resolve("journal.lock"), "unix:ino");
    String held = " %d ".formatted(ProcessHandle.current().pid());
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .filter(line -> line.contains(held) && line.contains(":%d ".formatted(inode)))
        .count();
  }

  @Test
  void a_closed_journal_refuses_appends_and_closes_once() {
    Journal journal = start(directory, JournalBoundary.Observer.NONE);
    journal.append(entries("a"), false);
    journal.close();
    journal.close();
    assertThrows(JournalFailedException.class, () -> journal.append(entries("b"), false));
    assertEquals(1, journal.synced());
  }
}
