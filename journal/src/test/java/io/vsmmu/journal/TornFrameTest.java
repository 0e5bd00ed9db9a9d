package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.entries;
import static io.vsmmu.journal.JournalFiles.read;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The last frame, cut at each byte: from there on the file holds what it held before, which is
 * zeros in a new file and older frames in one that is used again.
 */
@Tag("slow")
class TornFrameTest {

  private static final JournalLimits TWO_SEGMENTS = new JournalLimits(8192, 2, 1);
  private static final String LAST = "the third entry of this segment, which is torn";
  private static final int LENGTH =
      FrameHeader.BYTES + FrameHeader.ENTRY_LENGTH_BYTES + LAST.length();

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  /** The other segment's file, and the file of the segment that is written. */
  private Path other;

  private Path active;

  /** The file of the active segment before the last append and after it. */
  private byte[] before;

  private byte[] whole;
  private int frameAt;

  /** The position before the segment's first. */
  private long shipped;

  @BeforeEach
  void write_three_frames_into_a_segment_that_was_used_before() throws IOException {
    Path own = directory.resolve("own");
    Path copies = directory.resolve("copies");
    try (JournalRecovery recovery = JournalFiles.open(own, TWO_SEGMENTS);
        Journal journal = recovery.start(0, false, JournalBoundary.Observer.NONE)) {
      while (journal.segments().getLast().number() < 3) {
        shipped = journal.last();
        journal.release(shipped);
        journal.append(entries("an older entry"), false);
      }
      journal.append(entries("second"), false);
      frameAt = journal.segments().getLast().end();
      before = Files.readAllBytes(JournalFiles.segment(own, 3));
      journal.append(entries(LAST), false);
      JournalFiles.copy(own, copies);
    }
    active = JournalFiles.segment(copies, 3);
    other = JournalFiles.segment(copies, 2);
    whole = Files.readAllBytes(active);
    assertEquals(0, ByteBuffer.wrap(before).getLong(frameAt), "an end");
    assertTrue(ByteBuffer.wrap(before).getLong(frameAt + 16) != 0, "older frames behind it");
  }

  /** How a cut frame looks. */
  private enum Word {
    WRITTEN,
    ZERO
  }

  private enum Rest {
    OLDER_FRAMES,
    ZEROS
  }

  private byte[] cut(int length, Word word, Rest rest) {
    byte[] torn = whole.clone();
    int from = frameAt + length;
    int to = frameAt + FrameHeader.padded(LENGTH) + FrameHeader.WORD_BYTES;
    if (rest == Rest.ZEROS) {
      Arrays.fill(torn, from, torn.length, (byte) 0);
    } else {
      System.arraycopy(before, from, torn, from, to - from);
    }
    if (word == Word.ZERO) {
      Arrays.fill(torn, frameAt, frameAt + FrameHeader.WORD_BYTES, (byte) 0);
    }
    return torn;
  }

  private Path place(byte[] torn, boolean sameBoot) throws IOException {
    Path place = Files.createTempDirectory(directory, "torn");
    Files.copy(other, place.resolve(other.getFileName()));
    Files.write(place.resolve(active.getFileName()), torn);
    if (!sameBoot) {
      JournalFiles.inAnotherBoot(place);
    }
    return place;
  }

  private Journal start(Path place, boolean acceptLoss) {
    try (JournalRecovery recovery = JournalFiles.open(place, TWO_SEGMENTS)) {
      return recovery.start(shipped, acceptLoss, JournalBoundary.Observer.NONE);
    }
  }

  /** The first two entries are there; what is appended then survives a crash, alone. */
  private void mustEndBeforeTheTornFrame(Path place, boolean acceptLoss) throws IOException {
    List<String> kept = List.of(shipped + 1 + " an older entry", shipped + 2 + " second");
    Path killed = place.resolve("killed");
    try (Journal journal = start(place, acceptLoss)) {
      assertEquals(kept, read(journal, shipped + 1));
      journal.append(entries("x"), false);
      JournalFiles.copy(place, killed);
    }
    try (Journal again = start(killed, false)) {
      assertEquals(List.of(kept.get(0), kept.get(1), shipped + 3 + " x"), read(again, shipped + 1));
    }
    JournalFiles.delete(place);
  }

  @Test
  void a_frame_whose_word_was_not_written_was_not_acknowledged_and_is_cut() throws IOException {
    for (Rest rest : Rest.values()) {
      for (int length = FrameHeader.WORD_BYTES; length <= LENGTH; length++) {
        for (boolean sameBoot : List.of(true, false)) {
          mustEndBeforeTheTornFrame(place(cut(length, Word.ZERO, rest), sameBoot), false);
        }
      }
    }
  }

  @Test
  void after_a_loss_of_power_a_frame_that_was_not_synced_is_cut_wherever_it_is_torn()
      throws IOException {
    for (Rest rest : Rest.values()) {
      for (int length = 0; length < LENGTH; length++) {
        mustEndBeforeTheTornFrame(place(cut(length, Word.WRITTEN, rest), false), false);
      }
    }
  }

  @Test
  void without_a_loss_of_power_a_torn_frame_with_its_word_is_damage() throws IOException {
    for (Rest rest : Rest.values()) {
      for (int length = 1; length < LENGTH; length++) {
        Path place = place(cut(length, Word.WRITTEN, rest), true);
        var untouched = JournalFiles.contents(place);
        JournalRefusedException refused =
            assertThrows(JournalRefusedException.class, () -> start(place, false));
        assertTrue(
            refused
                .problem()
                .message()
                .startsWith(
                    "the journal's entry at position %d is damaged or missing in %s, offset %d"
                        .formatted(shipped + 3, place.resolve(active.getFileName()), frameAt)),
            refused.problem().message());
        assertTrue(refused.problem().remedy().contains("--accept-journal-loss"));
        assertEquals(untouched, JournalFiles.contents(place));
        mustEndBeforeTheTornFrame(place, true);
      }
    }
  }

  @Test
  void a_torn_frame_that_was_synced_is_damage_after_a_loss_of_power_too() throws IOException {
    // given a header that says that the torn frame was synced, as a journal's close writes it
    SegmentHeader header = SegmentHeader.read(ByteBuffer.wrap(whole)).orElseThrow();
    header.renewed(header.boot(), shipped + 3).bytes().get(0, whole, 0, SegmentHeader.BYTES);
    for (int length = 0; length < LENGTH; length++) {
      for (Word word : Word.values()) {
        Path place = place(cut(length, word, Rest.ZEROS), false);
        assertThrows(JournalRefusedException.class, () -> start(place, false));
        if (length % 7 == 0) {
          mustEndBeforeTheTornFrame(place, true);
        }
      }
    }
  }

  @Test
  void a_frame_that_lost_its_padding_only_is_whole() throws IOException {
    for (boolean sameBoot : List.of(true, false)) {
      for (int length = LENGTH; length <= FrameHeader.padded(LENGTH); length++) {
        Path place = place(cut(length, Word.WRITTEN, Rest.ZEROS), sameBoot);
        try (Journal journal = start(place, false)) {
          assertEquals(shipped + 3 + " " + LAST, read(journal, shipped + 1).get(2));
        }
      }
    }
  }
}
