package io.vsmmu.fuzz;

import java.util.function.Supplier;

/**
 * All targets. The share of a target is the part of a long run's inputs that it gets, in percent:
 * large for those that reach much code, small for those that take long or read little.
 */
enum FuzzTargets {
  STRUCTURES("structures", 5, StructuresTarget::new),
  DECIDE("decide", 40, DecideTarget::new),
  GUEST("guest", 5, GuestTarget::new),
  CONNECTION("connection", 2, ConnectionTarget::new),
  EVENTS("events", 14, EventsTarget::new),
  SNAPSHOT("snapshot", 6, SnapshotTarget::new),
  TRACE("trace", 5, TraceTarget::new),
  COMPRESSED("compressed", 2, CompressedTarget::new),
  LOG_FILE("log-file", 2, LogFileTarget::new),
  FORGED_LOG("forged-log", 5, ForgedLogTarget::new),
  EXPRESSION("expression", 10, ExpressionTarget::new),
  JOURNAL("journal", 1, JournalTarget::new),
  PCI("pci", 2, PciTarget::new),
  ROM("rom", 1, RomTarget::new);

  private final String label;
  private final int share;
  private final Supplier<FuzzTarget> target;

  FuzzTargets(String label, int share, Supplier<FuzzTarget> target) {
    this.label = label;
    this.share = share;
    this.target = target;
  }

  /** The name by which {@code bench/fuzz} knows it, and of the folder of its corpus. */
  String label() {
    return label;
  }

  /** The part of the inputs that it gets, compared with the others. */
  int share() {
    return share;
  }

  FuzzTarget create() {
    return target.get();
  }

  /**
   * The target with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static FuzzTargets named(String label) {
    for (FuzzTargets target : values()) {
      if (target.label.equals(label)) {
        return target;
      }
    }
    throw new IllegalArgumentException("no target has the name " + label);
  }
}
