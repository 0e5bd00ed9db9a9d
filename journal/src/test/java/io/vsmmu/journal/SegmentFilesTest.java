package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.SMALL;
import static io.vsmmu.journal.JournalFiles.change;
import static io.vsmmu.journal.JournalFiles.contents;
import static io.vsmmu.journal.JournalFiles.entries;
import static io.vsmmu.journal.JournalFiles.read;
import static io.vsmmu.journal.JournalFiles.segment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to the files of a journal of three segments by others than the journal. */
class SegmentFilesTest {

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Path own;
  private final List<String> written = new ArrayList<>();

  /** The first position of the third segment. */
  private long third;

  @BeforeEach
  void write_three_segments() throws IOException {
    own = directory.resolve("own");
    Path running = directory.resolve("running");
    try (Journal journal = JournalFiles.start(running, 0)) {
      while (written.size() < 35) {
        String text = "entry %d %s".formatted(written.size(), "x".repeat(500));
        journal.append(entries(text), false);
        written.add((written.size() + 1) + " " + text);
      }
      assertEquals(3, journal.segments().size());
      third = journal.segments().getLast().firstPosition();
      JournalFiles.copy(running, own);
    }
  }

  private static Journal start(Path place, long shipped) {
    return JournalFiles.start(place, shipped);
  }

  private String refused(Path place, long shipped) throws IOException {
    var untouched = contents(place);
    JournalRefusedException refused =
        assertThrows(JournalRefusedException.class, () -> start(place, shipped));
    assertEquals(untouched, contents(place), "a refusal changes nothing");
    assertTrue(refused.problem().remedy().contains("--journal-dir DIR"), refused.getMessage());
    return refused.problem().message();
  }

  /** The loss is accepted: entries up to a position are there, and the journal is used further. */
  private void accept(Path place, long shipped, long last) {
    try (Journal journal = JournalFiles.start(place, shipped, true)) {
      assertEquals(last, journal.last());
      assertEquals(written.subList((int) shipped, (int) last), read(journal, shipped + 1));
      journal.append(entries("after"), true);
    }
    try (Journal again = JournalFiles.start(place, shipped)) {
      assertEquals(last + 1 + " after", read(again, last + 1).getFirst());
      assertEquals(last + 1, again.last());
    }
  }

  @Test
  void a_first_segment_that_is_missing_is_noticed_unless_it_is_in_the_database() throws Exception {
    long second = JournalFiles.contents(own).size();
    Files.delete(segment(own, 1));
    String message = refused(own, 0);
    assertTrue(message.contains("position 1, which follows the last one in the database"), message);
    assertTrue(message.contains("--accept-journal-loss"), message);
    assertTrue(second > 0);
    try (Journal journal = start(own, third - 1)) {
      assertEquals(written.subList((int) third - 1, 35), read(journal, third));
    }
  }

  @Test
  void an_accepted_loss_of_the_first_segment_begins_anew() throws Exception {
    Files.delete(segment(own, 1));
    accept(own, 0, 0);
  }

  @Test
  void a_middle_segment_that_is_missing_is_noticed() throws Exception {
    Path missing = segment(own, 2);
    Files.delete(missing);
    String message = refused(own, 0);
    assertTrue(message.contains("entry at position " + (third - 14)), message + third);
    assertTrue(message.contains("the segment that follows " + segment(own, 1)), message);
    accept(own, 0, third - 15);
  }

  @Test
  void a_middle_segment_that_is_missing_is_noticed_when_the_last_one_is_empty() throws Exception {
    Files.delete(segment(own, 2));
    Path last = segment(own, 3);
    change(last, bytes -> Arrays.fill(bytes, SegmentHeader.BYTES, bytes.length, (byte) 0));
    assertTrue(refused(own, 0).contains("entry at position " + (third - 14)));
  }

  @Test
  void a_last_segment_that_is_missing_is_noticed_in_any_boot() throws Exception {
    Files.delete(segment(own, 3));
    for (boolean sameBoot : List.of(true, false)) {
      if (!sameBoot) {
        JournalFiles.inAnotherBoot(own);
      }
      String message = refused(own, 0);
      assertTrue(message.contains("entry at position " + third), message);
      // also if the database has a part of what the segment held
      assertTrue(refused(own, third + 1).contains("position " + (third + 2)));
    }
    accept(own, 0, third - 1);
  }

  @Test
  void a_segment_that_is_truncated_to_any_length_loses_nothing_silently() throws Exception {
    for (int number = 1; number <= 3; number++) {
      byte[] whole = Files.readAllBytes(segment(own, number));
      String name = segment(own, number).getFileName().toString();
      for (int length = 0; length < whole.length; length += length < 800 ? 13 : 251) {
        Path place = JournalFiles.copy(own, directory.resolve("place"));
        Files.write(place.resolve(name), Arrays.copyOf(whole, length));
        boolean refused = false;
        try (Journal journal = start(place, 0)) {
          assertEquals(written, read(journal, 1));
          journal.append(entries("after"), true);
          journal.append(entries("y".repeat(SMALL.appendBytes() - 4)), true);
        } catch (JournalRefusedException e) {
          refused = true;
          assertTrue(e.getMessage().contains("position "), e.getMessage());
        }
        try (Journal journal = JournalFiles.start(place, 0, refused)) {
          List<String> found = read(journal, 1);
          if (refused) {
            assertEquals(written.subList(0, found.size()), found);
          } else {
            assertEquals(37, found.size());
          }
        }
        JournalFiles.delete(place);
      }
    }
  }

  @Test
  void a_segment_whose_first_page_is_destroyed_is_not_taken_for_an_unused_one() throws Exception {
    for (byte filling : new byte[] {0, (byte) 0xee}) {
      for (int number = 1; number <= 3; number++) {
        Path place = JournalFiles.copy(own, directory.resolve("place"));
        change(segment(place, number), bytes -> Arrays.fill(bytes, 0, 4096, filling));
        assertTrue(refused(place, 0).contains("position"), "segment " + number);
        JournalFiles.delete(place);
      }
    }
  }

  @Test
  void a_journal_of_one_segment_that_cannot_be_read_is_not_begun_anew() throws Exception {
    Path place = directory.resolve("place");
    try (Journal journal = start(place, 0)) {
      journal.append(entries("acknowledged"), true);
    }
    Path file = segment(place, 1);
    change(file, bytes -> Arrays.fill(bytes, 0, 4096, (byte) 0xee));
    String message = refused(place, 0);
    assertTrue(message.contains(file + " is damaged from its beginning"), message);
    // when the loss is accepted, the file is left alone
    byte[] damaged = Files.readAllBytes(file);
    JournalFiles.start(place, 0, true).close();
    assertTrue(Arrays.equals(damaged, Files.readAllBytes(file)));
    start(place, 0).close();
  }

  @Test
  void a_segment_of_another_journal_is_refused() throws Exception {
    Path other = directory.resolve("other");
    start(other, 0).close();
    Files.copy(segment(other, 1), own.resolve("000077.segment"));
    String message = refused(own, 0);
    assertTrue(message.contains("several journals"), message);
    assertTrue(message.contains("000077.segment"), message);
  }

  @Test
  void a_second_copy_of_a_segment_is_refused() throws Exception {
    Path copied = own.resolve("000050.segment");
    Files.copy(segment(own, 3), copied);
    String message = refused(own, 0);
    assertTrue(message.contains("segment 3 of the journal"), message);
    assertTrue(message.contains(copied.toString()), message);
    assertThrows(JournalRefusedException.class, () -> JournalFiles.start(own, 0, true));
    Files.delete(copied);
    start(own, 0).close();
  }

  @Test
  void another_version_of_the_format_is_refused() throws Exception {
    Path file = segment(own, 3);
    change(
        file,
        bytes -> {
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2);
          bytes[64] ^= 1;
        });
    String message = refused(own, 0);
    assertTrue(message.contains("version 2 in " + file), message);
    assertTrue(message.contains("must be version 1"), message);
  }

  @Test
  void a_file_that_the_journal_did_not_write_is_left_alone() throws Exception {
    Files.writeString(own.resolve("000020.segment"), "garbage ".repeat(1000));
    Files.writeString(own.resolve("000021.segment"), "short");
    Files.createFile(own.resolve("000022.segment"));
    Files.writeString(own.resolve("notes.txt"), "not a segment");
    try (Journal journal = start(own, 0)) {
      assertEquals(written, read(journal, 1));
      for (int i = 0; i < 40; i++) {
        journal.append(entries("z".repeat(700)), false);
        journal.release(journal.last());
      }
    }
    assertEquals("garbage ".repeat(1000), Files.readString(own.resolve("000020.segment")));
    assertEquals("short", Files.readString(own.resolve("000021.segment")));
    assertEquals("", Files.readString(own.resolve("000022.segment")));
    assertEquals("not a segment", Files.readString(own.resolve("notes.txt")));
  }

  @Test
  void a_journal_that_was_closed_knows_in_any_boot_that_its_last_entry_was_synced()
      throws Exception {
    Path place = directory.resolve("closed");
    try (Journal journal = start(place, 0)) {
      journal.append(entries("first"), false);
      journal.append(entries("last"), false);
    }
    change(segment(place, 1), bytes -> bytes[SegmentHeader.BYTES + 48 + 36] ^= 1);
    JournalFiles.inAnotherBoot(place);
    assertTrue(refused(place, 0).contains("entry at position 2 is damaged"));
  }

  @Test
  void the_size_of_segments_may_change_from_start_to_start() throws Exception {
    for (int bytes : List.of(16_384, 8192, 12_288)) {
      JournalLimits limits = new JournalLimits(bytes, 5, 2);
      try (JournalRecovery recovery = JournalFiles.open(own, limits);
          Journal journal = recovery.start(0, false, JournalBoundary.Observer.NONE)) {
        assertEquals(written, read(journal, 1));
        // The largest entry fits into every segment that is used from now on.
        long released = journal.last();
        for (int i = 0; i < 12; i++) {
          journal.append(entries("z".repeat(limits.appendBytes() - 4)), i % 2 == 0);
          journal.release(journal.last());
        }
        assertEquals(released + 12, journal.last());
      }
      JournalFiles.delete(own);
      JournalFiles.copy(directory.resolve("running"), own);
    }
  }

  @Test
  void something_else_with_the_name_of_a_segment_is_refused() throws Exception {
    Path alien = own.resolve("000030.segment");
    Files.createDirectory(alien);
    assertTrue(refused(own, 0).contains(alien.toString()));
    Files.delete(alien);
    Files.createSymbolicLink(alien, Path.of("/dev/zero"));
    assertTrue(refused(own, 0).contains(alien.toString()));
    Files.delete(alien);
    try (FileChannel sparse =
        FileChannel.open(alien, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.allocate(1), 3L << 30);
      JournalRefusedException refused =
          assertThrows(JournalRefusedException.class, () -> start(own, 0));
      assertTrue(refused.getMessage().contains(alien.toString()), refused.getMessage());
    }
  }

  @Test
  void the_rest_of_a_file_whose_making_was_interrupted_is_deleted() throws Exception {
    Path rest = own.resolve("000004.segment.unfinished");
    Files.write(rest, new byte[5000]);
    try (Journal journal = start(own, 0)) {
      assertEquals(written, read(journal, 1));
    }
    assertFalse(Files.exists(rest));
  }

  @Test
  void a_directory_that_is_a_file_or_does_not_exist_is_refused() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    for (Path place : List.of(file, file.resolve("below"), directory.resolve("none"))) {
      JournalRefusedException refused =
          assertThrows(
              JournalRefusedException.class,
              () -> JournalRecovery.open(place, SMALL, Optional.empty()));
      assertTrue(refused.getMessage().contains(place.toString()), refused.getMessage());
      assertTrue(refused.problem().remedy().contains("--journal-dir DIR"));
    }
  }

  @Test
  void a_file_that_is_truncated_under_a_running_journal_fails_the_journal_and_not_the_process()
      throws Exception {
    for (boolean willSync : List.of(true, false)) {
      Path place = JournalFiles.copy(own, directory.resolve("truncated" + willSync));
      try (Journal journal = start(place, 0)) {
        JournalReader reader = journal.reader(1);
        for (Path file : JournalFiles.segments(place)) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(200);
          }
        }
        assertThrows(
            JournalFailedException.class, () -> reader.read(1 << 20, (position, entry) -> {}));
        assertTrue(journal.failed());
        assertThrows(JournalFailedException.class, () -> journal.append(entries("x"), willSync));
      }
      JournalFiles.delete(place);
    }
  }

  @Test
  void a_file_that_is_truncated_while_a_journal_is_recovered_is_refused() throws Exception {
    try (JournalRecovery recovery = JournalFiles.open(own, SMALL)) {
      assertEquals(3, JournalFiles.segments(own).stream().filter(this::truncate).count());
      assertThrows(JournalRefusedException.class, () -> recovery.entry(1));
      assertThrows(
          JournalRefusedException.class,
          () -> recovery.start(0, false, JournalBoundary.Observer.NONE));
    }
  }

  private boolean truncate(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SegmentHeader header =
          SegmentHeader.read(ByteBuffer.wrap(Files.readAllBytes(file))).orElse(null);
      channel.truncate(0);
      return header != null;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void an_append_to_a_file_that_is_truncated_is_not_acknowledged_or_the_journal_fails()
      throws Exception {
    Path place = JournalFiles.copy(own, directory.resolve("appending"));
    try (Journal journal = start(place, 0)) {
      try (FileChannel channel =
          FileChannel.open(JournalFiles.active(place), StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      long deadline = System.nanoTime() + 20_000_000_000L;
      assertThrows(
          JournalFailedException.class,
          () -> {
            while (System.nanoTime() < deadline) {
              journal.append(entries("x"), false);
              journal.release(journal.last());
            }
          });
      assertTrue(journal.problem().isPresent());
    }
  }
}
