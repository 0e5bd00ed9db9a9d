package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.SMALL;
import static io.vsmmu.journal.JournalFiles.contents;
import static io.vsmmu.journal.JournalFiles.entries;
import static io.vsmmu.journal.JournalFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each byte of a journal of three segments is damaged, one at a time. */
@Tag("slow")
class BitFlipTest {

  /** Of a long run of equal bytes, only each 61st is damaged. */
  private static final int STRIDE = 61;

  private static final Pattern POSITION = Pattern.compile("entries from position (\\d+) on");

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final List<String> written = new ArrayList<>();
  private final Map<String, byte[]> files = new TreeMap<>();

  @BeforeEach
  void write_three_segments() throws IOException {
    Path own = directory.resolve("own");
    try (Journal journal = JournalFiles.start(own, 0)) {
      while (journal.segments().size() < 4) {
        List<String> texts =
            List.of(
                "entry %d".formatted(written.size() + 1),
                "filling ".repeat(written.size() % 4 == 2 ? 420 : 2),
                "");
        journal.append(texts.stream().map(JournalFiles::entry).toList(), written.size() % 2 == 0);
        journal.sync(journal.last());
        texts.forEach(text -> written.add((written.size() + 1) + " " + text));
      }
      JournalFiles.copy(own, directory.resolve("copy"));
    }
    contents(directory.resolve("copy")).forEach((name, bytes) -> files.put(name, bytes.array()));
  }

  /** Called with each damaged journal. */
  private interface Damaged {
    void in(Path place, String file, int offset) throws IOException;
  }

  /** Damages each n-th byte. */
  private void flip(int each, Damaged damaged) throws IOException {
    Path place = directory.resolve("place");
    JournalFiles.write(place, files);
    int flips = 0;
    int candidates = 0;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] bytes = file.getValue();
      for (int at = 0; at < bytes.length; at++) {
        boolean inRun =
            at >= SegmentHeader.BYTES + 8
                && at + 8 < bytes.length
                && ByteBuffer.wrap(bytes).getLong(at - 8) == ByteBuffer.wrap(bytes).getLong(at);
        if ((!inRun || at % STRIDE == 0) && candidates++ % each == 0) {
          byte[] changed = bytes.clone();
          changed[at] ^= (byte) (1 << flips % 8);
          Files.write(place.resolve(file.getKey()), changed);
          damaged.in(place, file.getKey(), at);
          flips++;
        }
      }
      Files.write(place.resolve(file.getKey()), bytes);
    }
    assertTrue(flips > 2000 / each, flips + " flips");
  }

  private static Journal start(Path place, long shipped, boolean acceptLoss) {
    try (JournalRecovery recovery = JournalFiles.open(place, SMALL)) {
      return recovery.start(shipped, acceptLoss, JournalBoundary.Observer.NONE);
    }
  }

  @Test
  void a_damaged_byte_changes_nothing_or_is_refused_with_its_file_and_position()
      throws IOException {
    Map<String, Integer> refusals = new TreeMap<>();
    flip(
        1,
        (place, file, offset) -> {
          String context = "%s, offset %d".formatted(file, offset);
          Path copy = JournalFiles.copy(place, directory.resolve("tried"));
          try (Journal journal = start(copy, 0, false)) {
            assertEquals(written, read(journal, 1), context);
          } catch (JournalRefusedException refused) {
            String message = refused.problem().message();
            refusals.merge(file, 1, Integer::sum);
            assertTrue(message.contains(file), context + ": " + message);
            assertTrue(message.matches("(?s).*(position|version) \\d+.*"), context + message);
            assertTrue(refused.problem().remedy().contains("--journal-dir DIR"), context + message);
            assertEquals(contents(place), contents(copy), context);
          } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(context, e);
          }
          JournalFiles.delete(copy);
        });
    assertTrue(refusals.values().stream().filter(count -> count > 500).count() >= 3, refusals + "");
  }

  @Test
  void with_an_accepted_loss_the_entries_before_the_damage_are_there_and_positions_go_on()
      throws IOException {
    flip(
        7,
        (place, file, offset) -> {
          String context = "%s, offset %d".formatted(file, offset);
          Path copy = JournalFiles.copy(place, directory.resolve("tried"));
          long last = lastBeforeDamage(copy);
          try (Journal journal = start(copy, 0, true)) {
            assertEquals(written.subList(0, (int) last), read(journal, 1), context);
            assertEquals(last + 1, journal.append(entries("new"), true), context);
            journal.sync(last + 1);
          } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(context, e);
          }
          try (Journal again = start(copy, 0, false)) {
            assertEquals(again.last() + " new", read(again, again.last()).getFirst());
          }
          JournalFiles.delete(copy);
        });
  }

  /** The position before the one that a refusal names, or the last one if there is none. */
  private long lastBeforeDamage(Path place) {
    try (Journal journal = start(JournalFiles.copy(place, directory.resolve("asked")), 0, false)) {
      return journal.last();
    } catch (JournalRefusedException refused) {
      Matcher position = POSITION.matcher(refused.problem().message());
      assertTrue(position.find(), refused.problem().message());
      return Long.parseLong(position.group(1)) - 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_damaged_identity_of_the_only_segment_hides_nothing_from_a_caller_that_knows_it()
      throws IOException {
    // given
    Path own = directory.resolve("one");
    UUID identity;
    try (Journal journal = JournalFiles.start(own, 0)) {
      journal.append(entries("first"), false);
      journal.append(entries("second"), false);
      identity = journal.identity();
      JournalFiles.copy(own, directory.resolve("killed"));
    }
    for (int at = 16; at < 32; at++) {
      int damaged = at;
      Path place = JournalFiles.copy(directory.resolve("killed"), directory.resolve("place"));
      JournalFiles.change(place.resolve("000001.segment"), bytes -> bytes[damaged] ^= 4);
      // when it is not known, the file is named
      try (JournalRecovery recovery = JournalFiles.open(place, SMALL)) {
        assertEquals(Optional.empty(), recovery.identity());
        assertEquals(List.of(place.resolve("000001.segment")), recovery.unreadable());
      }
      // when it is known
      try (JournalRecovery recovery = JournalRecovery.open(place, SMALL, Optional.of(identity));
          Journal journal = recovery.start(0, false, JournalBoundary.Observer.NONE)) {
        assertEquals(identity, journal.identity());
        assertEquals(List.of("1 first", "2 second"), read(journal, 1));
        journal.append(entries("third"), true);
      }
      // then the header is whole again
      try (Journal journal = JournalFiles.start(place, 0)) {
        assertEquals(List.of("1 first", "2 second", "3 third"), read(journal, 1));
      }
      JournalFiles.delete(place);
    }
  }

  @Test
  void what_is_in_the_database_may_be_damaged() throws IOException {
    // given that everything before the last segment is in the database
    long shipped =
        SegmentHeader.read(ByteBuffer.wrap(files.get("000004.segment")))
                .orElseThrow()
                .firstPosition()
            - 1;
    flip(
        11,
        (place, file, offset) -> {
          if (file.equals("000004.segment")) {
            return;
          }
          Path copy = JournalFiles.copy(place, directory.resolve("tried"));
          try (Journal journal = start(copy, shipped, false)) {
            assertEquals(
                written.subList((int) shipped, written.size()), read(journal, shipped + 1));
          } catch (JournalRefusedException refused) {
            // A version that another release may have written is not judged.
            assertTrue(refused.problem().message().contains("version"), file + offset + refused);
          }
          JournalFiles.delete(copy);
        });
  }

  @Test
  void damage_in_a_part_of_a_segment_that_is_in_the_database_hinders_no_reader()
      throws IOException {
    // given a first segment whose second frame is damaged, all of it in the database but its end
    Path place = directory.resolve("place");
    JournalFiles.write(place, files);
    JournalFiles.change(place.resolve("000001.segment"), bytes -> bytes[260] ^= 1);
    assertThrows(JournalRefusedException.class, () -> start(place, 0, false));
    // when the journal is started behind it
    try (Journal journal = start(place, 10, false)) {
      assertEquals(written.subList(10, written.size()), read(journal, 11));
      journal.release(11);
    }
  }

  @Test
  void a_byte_that_is_damaged_under_a_running_journal_fails_it_when_it_is_read()
      throws IOException {
    Path own = directory.resolve("running");
    try (Journal journal = JournalFiles.start(own, 0)) {
      journal.append(entries("first"), false);
      journal.append(entries("second"), false);
      JournalReader reader = journal.reader(1);
      JournalFiles.change(
          JournalFiles.active(own), bytes -> bytes[SegmentHeader.BYTES + 48 + 40] ^= 1);
      List<String> found = new ArrayList<>();
      JournalFailedException failed =
          assertThrows(
              JournalFailedException.class,
              () -> reader.read(1 << 20, (position, entry) -> found.add("" + position)));
      assertEquals(List.of("1"), found);
      assertTrue(failed.getMessage().contains("position 2"), failed.getMessage());
      assertTrue(failed.getMessage().contains("000001.segment"), failed.getMessage());
      assertTrue(journal.failed());
      assertEquals(failed.getMessage(), journal.problem().orElseThrow());
      assertThrows(JournalFailedException.class, () -> journal.append(entries("third"), false));
      assertThrows(JournalFailedException.class, () -> journal.sync(2));
    }
  }
}
