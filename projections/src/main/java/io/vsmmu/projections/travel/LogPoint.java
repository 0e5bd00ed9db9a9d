package io.vsmmu.projections.travel;

import java.time.Instant;

/** A place in a vSMMU's log. What lies between two of its events means the earlier one. */
public sealed interface LogPoint {

  /** The newest event. */
  LogPoint HEAD = new Head();

  /** The newest event. */
  record Head() implements LogPoint {}

  /** A position of the whole log, from 1. */
  record AtPosition(long position) implements LogPoint {}

  /** A sequence of the vSMMU, from 0. */
  record AtSequence(long sequence) implements LogPoint {}

  /** A moment of time; times after the newest event mean the newest event. */
  record AtInstant(Instant instant) implements LogPoint {}

  static LogPoint position(long position) {
    return new AtPosition(position);
  }

  static LogPoint sequence(long sequence) {
    return new AtSequence(sequence);
  }

  static LogPoint instant(Instant instant) {
    return new AtInstant(instant);
  }
}
