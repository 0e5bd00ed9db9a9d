package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.nio.file.Path;
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
 * @param begin where reading begins in the first kept segment; what is damaged before is in the
 *     database
 * @param offset in the last kept segment, where the next frame is written
 * @param last the last position that is kept, here or elsewhere
 * @param dropped segments behind the end, which are erased
 * @param problem what is damaged or missing; empty if going on here loses nothing that was promised
 */
record JournalEnd(
    List<SegmentScan> kept,
    Begin begin,
    int offset,
    long last,
    List<SegmentScan> dropped,
    Optional<Problem> problem) {

  /**
   * The first frame that is read.
   *
   * @param offset in bytes from the beginning of its segment's file
   * @param position of its first entry
   */
  record Begin(int offset, long position) {}

  /** The segment in which the journal ends, and the offset at which it does. */
  private record Tail(SegmentScan scan, int offset) {}

  /**
   * Looks for the first position after {@code shipped} that cannot be read; the journal ends before
   * it.
   *
   * @param scans the segments that may hold positions after {@code shipped}, by number
   * @param unreadable segment files of which neither a header nor a frame can be read
   * @param boot the present boot of the machine
   */
  static JournalEnd of(List<SegmentScan> scans, List<Path> unreadable, long shipped, UUID boot) {
    long next = shipped + 1;
    @Nullable Tail tail = null;
    @Nullable Begin begin = null;
    for (SegmentScan scan : scans) {
      if (scan.header().firstPosition() == next) {
        tail = new Tail(scan, SegmentHeader.BYTES);
        begin = begin == null ? new Begin(tail.offset(), next) : begin;
      }
      for (SegmentScan.Run run : scan.runs()) {
        if (run.first() <= next && run.last() >= next - 1) {
          next = run.last() + 1;
          tail = new Tail(scan, run.end());
          begin = begin == null ? new Begin(run.offset(), run.first()) : begin;
        }
      }
    }
    Search search = new Search(scans, unreadable, next, boot);
    if (tail == null || begin == null) {
      Optional<Problem> problem = search.withoutTail();
      return new JournalEnd(
          List.of(),
          new Begin(SegmentHeader.BYTES, next),
          SegmentHeader.BYTES,
          shipped,
          problem.isPresent() ? scans : List.of(),
          problem);
    }
    int kept = scans.indexOf(tail.scan()) + 1;
    return new JournalEnd(
        scans.subList(0, kept),
        begin,
        tail.offset(),
        next - 1,
        scans.subList(kept, scans.size()),
        search.behind(tail));
  }

  /**
   * Finds out whether a position is missing, or was never appended.
   *
   * @param missing the first position that cannot be read
   */
  private record Search(List<SegmentScan> scans, List<Path> unreadable, long missing, UUID boot) {

    /**
     * What is lost behind the last readable frame. After a power failure frames that were never
     * synced may be missing, with others behind them; in the boot in which they were written none
     * can. A segment that was begun was synced before the one before it was marked as continued.
     */
    Optional<Problem> behind(Tail tail) {
      boolean successorMissing = tail.scan().isContinuedAt(tail.offset());
      boolean sameBoot = scans.stream().anyMatch(scan -> scan.header().boot().equals(boot));
      boolean lost =
          missing <= promised()
              || successorMissing
              || (sameBoot && (somethingFollows() || !tail.scan().endsAt(tail.offset())));
      return lost ? Optional.of(damaged(tail, successorMissing)) : Optional.empty();
    }

    /** What is lost if no segment holds the position before the missing one. */
    Optional<Problem> withoutTail() {
      if (somethingFollows()) {
        return Optional.of(beginsLate());
      }
      if (!unreadable.isEmpty()) {
        return Optional.of(
            problem(
                "the segment file %s".formatted(list(unreadable)),
                "damaged from its beginning",
                "one with a readable header, because it may hold position %d".formatted(missing)));
      }
      if (!scans.isEmpty() && scans.getLast().isContinuedAt(scans.getLast().end())) {
        return Optional.of(successorMissing(scans.getLast()));
      }
      return Optional.empty();
    }

    private boolean somethingFollows() {
      return runs().anyMatch(run -> run.first() > missing)
          || scans.stream().anyMatch(scan -> scan.header().firstPosition() > missing);
    }

    private long promised() {
      return scans.stream().mapToLong(SegmentScan::promised).max().orElse(0);
    }

    private Problem damaged(Tail tail, boolean successorMissing) {
      if (successorMissing) {
        return successorMissing(tail.scan());
      }
      return problem(
          "the journal's entry at position %d".formatted(missing),
          "damaged or missing in %s, offset %d".formatted(tail.scan().file().path(), tail.offset()),
          "an entry that matches its checksum");
    }

    private Problem successorMissing(SegmentScan scan) {
      String follows = "the segment that follows %s".formatted(scan.file().path());
      return unreadable.isEmpty()
          ? problem(
              "the journal's entry at position %d".formatted(missing),
              "missing with " + follows,
              "in a segment file of the same directory")
          : problem(
              "the journal's entry at position %d".formatted(missing),
              "missing with %s, unless it is in %s, which is damaged from its beginning"
                  .formatted(follows, list(unreadable)),
              "in a segment file with a readable header");
    }

    private Problem beginsLate() {
      long first =
          scans.stream()
              .mapToLong(scan -> scan.header().firstPosition())
              .filter(position -> position > missing)
              .min()
              .orElseGet(
                  () ->
                      runs()
                          .mapToLong(SegmentScan.Run::first)
                          .filter(f -> f > missing)
                          .min()
                          .orElse(missing));
      String damaged =
          unreadable.isEmpty()
              ? ""
              : ", and %s is damaged from its beginning".formatted(list(unreadable));
      return problem(
          "the journal in %s".formatted(scans.getFirst().file().path().getParent()),
          "one that continues at position %d%s".formatted(first, damaged),
          "one with position %d, which follows the last one in the database".formatted(missing));
    }

    private Problem problem(String field, String given, String required) {
      return new Problem(
          field,
          given,
          required,
          "restore the journal's directory and the database of the same moment, give the directory"
              + " that belongs to the database (--journal-dir DIR), or accept that the acknowledged"
              + " entries from position %d on are lost (--accept-journal-loss)".formatted(missing));
    }

    private Stream<SegmentScan.Run> runs() {
      return scans.stream().flatMap(scan -> scan.runs().stream());
    }

    private static String list(List<Path> files) {
      return String.join(" and ", files.stream().map(Path::toString).toList());
    }
  }
}
