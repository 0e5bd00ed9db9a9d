package io.vsmmu.projections.travel;

import java.time.Instant;

/** A point of a vSMMU's log. A point between two of its events means the earlier event. */
public sealed interface LogPoint {

  /** The end of the log. */
  LogPoint HEAD = new Head();

  /** The newest event. */
  record Head() implements LogPoint {}

  /** A position of the whole log, from 1. */
  record AtPosition(long position) implements LogPoint {}

  /** A time; one after the newest event means the newest event. */
  record AtInstant(Instant instant) implements LogPoint {}

  static LogPoint position(long position) {
    return new AtPosition(position);
  }

  static LogPoint instant(Instant instant) {
    return new AtInstant(instant);
  }
}
