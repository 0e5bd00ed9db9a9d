package io.vsmmu.debugger.timeline;

/**
 * A run of a vSMMU's events with the sum of their counts.
 *
 * @param number of the block, from 0
 * @param events number of its events
 * @param firstPosition of its first event
 * @param lastPosition of its last event
 * @param firstTime the earliest time of an event, in microseconds since 1970-01-01T00:00Z
 * @param lastTime the latest time of an event
 */
record CountedBlock(
    long number,
    long events,
    long firstPosition,
    long lastPosition,
    long firstTime,
    long lastTime,
    EventCounts counts) {

  /** Sequence of the first event. */
  long first() {
    return number * events;
  }

  /** Sequence of the last event. */
  long last() {
    return first() + events - 1;
  }
}
