package io.vsmmu.fuzz;

import java.util.function.Supplier;

/** All targets. The share of a target is how much of the time or of the inputs it gets. */
enum FuzzTargets {
  STRUCTURES("structures", 1, StructuresTarget::new),
  DECIDE("decide", 4, DecideTarget::new),
  GUEST("guest", 4, GuestTarget::new),
  CONNECTION("connection", 2, ConnectionTarget::new),
  EVENTS("events", 2, EventsTarget::new),
  SNAPSHOT("snapshot", 1, SnapshotTarget::new),
  TRACE("trace", 2, TraceTarget::new),
  COMPRESSED("compressed", 1, CompressedTarget::new),
  LOG_FILE("log-file", 1, LogFileTarget::new),
  FORGED_LOG("forged-log", 2, ForgedLogTarget::new),
  EXPRESSION("expression", 2, ExpressionTarget::new),
  JOURNAL("journal", 1, JournalTarget::new),
  PCI("pci", 1, PciTarget::new),
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

  /** The part of the time and of the inputs that it gets, compared with the others. */
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
