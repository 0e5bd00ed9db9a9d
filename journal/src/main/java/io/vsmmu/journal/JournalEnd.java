package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a journal goes on, and what is lost if it does.
 *
 * @param kept the segments that stay in use, in order; the last one is written further. Empty if a
 *     new segment must be begun
 * @param offset in the last kept segment, where the next frame is written
 * @param last the last position that is kept, here or elsewhere
 * @param dropped segments behind the end, which are erased
 * @param problem what is damaged or missing; empty if going on here loses nothing that was promised
 */
record JournalEnd(
    List<SegmentScan> kept,
    int offset,
    long last,
    List<SegmentScan> dropped,
    Optional<Problem> problem) {

  private static final String REMEDY =
      "restore the journal's directory together with its database, or accept that the positions"
          + " from there on are lost (--accept-journal-loss)";

  /** The segment in which the journal ends, and the offset at which it does. */
  private record Tail(SegmentScan scan, int offset) {

    boolean isClean() {
      return new FrameScan(scan.file()).endsAt(offset);
    }
  }

  /**
   * Looks for the first position after {@code shipped} that cannot be read; the journal ends before
   * it.
   *
   * @param scans the segments that may hold positions after {@code shipped}, by number
   * @param boot the present boot of the machine
   */
  static JournalEnd of(List<SegmentScan> scans, long shipped, UUID boot) {
    long next = shipped + 1;
    @Nullable Tail tail = null;
    for (SegmentScan scan : scans) {
      if (scan.header().firstPosition() == next) {
        tail = new Tail(scan, SegmentHeader.BYTES);
      }
      for (SegmentScan.Run run : scan.runs()) {
        if (run.first() <= next && run.last() >= next - 1) {
          next = run.last() + 1;
          tail = new Tail(scan, run.end());
        }
      }
    }
    long missing = next;
    boolean somethingFollows = runs(scans).anyMatch(run -> run.first() > missing);
    if (tail == null) {
      return new JournalEnd(
          List.of(),
          0,
          shipped,
          somethingFollows ? scans : List.of(),
          somethingFollows ? Optional.of(beginsLate(scans, missing)) : Optional.empty());
    }
    int kept = scans.indexOf(tail.scan()) + 1;
    boolean lost = isLost(scans, tail, missing, somethingFollows, boot);
    return new JournalEnd(
        scans.subList(0, kept),
        tail.offset(),
        missing - 1,
        scans.subList(kept, scans.size()),
        lost ? Optional.of(damaged(tail, missing)) : Optional.empty());
  }

  /**
   * Whether an entry that was acknowledged is missing. After a power failure frames that were never
   * synced may be missing, with others behind them; in the boot in which they were written none
   * can.
   */
  private static boolean isLost(
      List<SegmentScan> scans, Tail tail, long missing, boolean somethingFollows, UUID boot) {
    long promised = scans.stream().mapToLong(SegmentScan::promised).max().orElse(0);
    boolean sameBoot = scans.stream().anyMatch(scan -> scan.header().boot().equals(boot));
    return missing <= promised || (sameBoot && (somethingFollows || !tail.isClean()));
  }

  private static Problem damaged(Tail tail, long position) {
    return new Problem(
        "the journal's entry at position %d".formatted(position),
        "damaged or missing in %s, offset %d".formatted(tail.scan().file().path(), tail.offset()),
        "an entry that matches its checksum",
        REMEDY);
  }

  private static Problem beginsLate(List<SegmentScan> scans, long missing) {
    long first = runs(scans).mapToLong(SegmentScan.Run::first).min().orElse(missing);
    return new Problem(
        "the journal in %s".formatted(scans.getFirst().file().path().getParent()),
        "begins at position %d".formatted(first),
        "position %d, which follows the last one in the database".formatted(missing),
        REMEDY);
  }

  private static Stream<SegmentScan.Run> runs(List<SegmentScan> scans) {
    return scans.stream().flatMap(scan -> scan.runs().stream());
  }
}
