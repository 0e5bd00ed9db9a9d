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
