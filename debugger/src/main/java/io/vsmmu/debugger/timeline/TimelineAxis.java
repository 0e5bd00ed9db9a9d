package io.vsmmu.debugger.timeline;

/** What a timeline is divided by. */
public enum TimelineAxis {
  /** Buckets of equally many positions of the whole log. */
  POSITION,
  /** Buckets of equal time. */
  TIME;

  /** The least value of a block's events. */
  long least(CountedBlock block) {
    return value(block.firstPosition(), block.firstTime());
  }

  /** The greatest value of a block's events. */
  long greatest(CountedBlock block) {
    return value(block.lastPosition(), block.lastTime());
  }

  /** The value of an event. */
  long value(long position, long timeMicros) {
    return switch (this) {
      case POSITION -> position;
      case TIME -> timeMicros;
    };
  }
}
