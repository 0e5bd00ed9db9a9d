package io.vsmmu.projections.travel;

import java.time.Instant;

/** A point of a vSMMU's log. A point between two of its events means the earlier event. */
public sealed interface LogPoint {

  LogPoint HEAD = new Head();

  /** The newest event, whichever that is when the log is read. */
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
