package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogPoint;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Converts points of a vSMMU's log into ranges of its sequences. Thread-safe. */
public final class SequenceSpans {

  static final Span NOTHING = new Span(1, 0);

  private final EventLog log;

  public SequenceSpans(EventLog log) {
    this.log = log;
  }

  /**
   * The sequences between two points, both included. A null begins or ends the range with the log.
   * The range is empty if there is no event between the points.
   */
  public Span sequences(int vsmmu, @Nullable LogPoint from, @Nullable LogPoint to) {
    OptionalLong first = log.firstSequence(vsmmu);
    OptionalLong last = log.lastSequence(vsmmu);
    if (first.isEmpty() || last.isEmpty()) {
      return NOTHING;
    }
    OptionalLong before = from == null ? OptionalLong.empty() : before(vsmmu, from);
    OptionalLong end = to == null ? last : upTo(vsmmu, to, last.getAsLong());
    long start = before.isEmpty() ? first.getAsLong() : before.getAsLong() + 1;
    return end.isEmpty() ? NOTHING : new Span(start, end.getAsLong());
  }

  /** The part of a range that a page and later ones cover. */
  Span rest(int vsmmu, Span sequences, Keyset keyset) {
    if (keyset.after().isEmpty() || sequences.empty()) {
      return sequences;
    }
    long seen = keyset.after().getAsLong();
    if (keyset.ascending()) {
      OptionalLong last = log.sequenceAtPosition(vsmmu, seen);
      return last.isEmpty()
          ? sequences
          : new Span(Math.max(sequences.first(), last.getAsLong() + 1), sequences.last());
    }
    OptionalLong before = log.sequenceAtPosition(vsmmu, seen - 1);
    return before.isEmpty()
        ? NOTHING
        : new Span(sequences.first(), Math.min(sequences.last(), before.getAsLong()));
  }

  /**
   * The position directly behind the last event of a vSMMU up to a point; that of the point itself
   * if it is a position.
   */
  long positionBehind(int vsmmu, LogPoint point) {
    return switch (point) {
      case LogPoint.AtPosition at when at.position() == Long.MAX_VALUE -> at.position();
      case LogPoint.AtPosition at -> at.position() + 1;
      case LogPoint.Head _ -> Long.MAX_VALUE;
      case LogPoint.AtInstant at -> {
        OptionalLong sequence = log.sequenceAtTime(vsmmu, at.instant());
        OptionalLong position =
            sequence.isEmpty() ? OptionalLong.empty() : log.positionOf(vsmmu, sequence.getAsLong());
        yield position.orElse(0) + 1;
      }
    };
  }

  private OptionalLong upTo(int vsmmu, LogPoint to, long last) {
    return switch (to) {
      case LogPoint.Head _ -> OptionalLong.of(last);
      case LogPoint.AtPosition at -> log.sequenceAtPosition(vsmmu, at.position());
      case LogPoint.AtInstant at -> log.sequenceAtTime(vsmmu, at.instant());
    };
  }

  /** The last sequence before a point, empty if there is none. */
  private OptionalLong before(int vsmmu, LogPoint from) {
    return switch (from) {
      case LogPoint.Head _ -> step(log.lastSequence(vsmmu).orElse(0));
      case LogPoint.AtPosition at -> log.sequenceAtPosition(vsmmu, at.position() - 1);
      case LogPoint.AtInstant at ->
          log.sequenceAtTime(vsmmu, at.instant().minus(1, ChronoUnit.MICROS));
    };
  }

  private static OptionalLong step(long sequence) {
    return sequence <= 0 ? OptionalLong.empty() : OptionalLong.of(sequence - 1);
  }
}
