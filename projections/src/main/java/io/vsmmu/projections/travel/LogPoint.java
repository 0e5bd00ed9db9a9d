package io.vsmmu.projections.travel;

import java.time.Instant;

/** A place in a vSMMU's log. What lies between two of its events means the earlier one. */
public sealed interface When {

  /** The newest event. */
  When HEAD = new Head();

  /** The newest event. */
  record Head() implements When {}

  /** A position of the whole log, from 1. */
  record AtPosition(long position) implements When {}

  /** A sequence of the vSMMU, from 0. */
  record AtSequence(long sequence) implements When {}

  /** A moment of time; times after the newest event mean the newest event. */
  record AtInstant(Instant instant) implements When {}

  static When position(long position) {
    return new AtPosition(position);
  }

  static When sequence(long sequence) {
    return new AtSequence(sequence);
  }

  static When instant(Instant instant) {
    return new AtInstant(instant);
  }
}
