package io.vsmmu.debugger.find;

/**
 * What a search looks for. A condition that reads an event, or compares the states before and after
 * it, begins anew with each event at which it holds; any other condition begins where it holds and
 * did not hold at the event before.
 */
public enum FindMode {
  /** The first event at which it holds. */
  FIRST,
  /** The last event at which it holds. */
  LAST,
  /** The first event behind a position at which it begins to hold. */
  NEXT,
  /** The last event in front of a position at which it begins to hold. */
  PREVIOUS,
  /** Every begin, with how long it holds from there on. */
  ALL;

  /** Whether the event at which it begins is wanted, not any at which it holds. */
  boolean wantsBegin() {
    return switch (this) {
      case FIRST, LAST -> false;
      case NEXT, PREVIOUS, ALL -> true;
    };
  }

  /** Whether the last such event is wanted. */
  boolean backward() {
    return switch (this) {
      case LAST, PREVIOUS -> true;
      case FIRST, NEXT, ALL -> false;
    };
  }
}
