package io.vsmmu.debugger.trace;

/** A row of the trace that every vSMMU has. Those of its streams follow. */
enum Lane {
  GUEST("guest accesses"),
  QUEUE("command queue"),
  HOST("host"),
  FAULTS("faults and errors"),
  OPERATORS("operators and VMM"),
  BLIND("not in the log"),
  OTHER_STREAMS("further streams");

  private final String title;

  Lane(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Number of the row, from 1. */
  int number() {
    return ordinal() + 1;
  }

  /** Number of the row of the stream that got its row as the {@code index}th, from 0. */
  static int ofStream(int index) {
    return values().length + 1 + index;
  }
}
