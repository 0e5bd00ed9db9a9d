package io.vsmmu.simulation;

/** The storage of a setup. */
final class Storages {

  private Storages() {}

  static Storage of(Setup setup, Trap trap) {
    return switch (setup.storage()) {
      case JOURNAL -> new JournalStorage(trap, setup.seed());
      case DATABASE -> new DatabaseStorage(setup, trap);
    };
  }
}
