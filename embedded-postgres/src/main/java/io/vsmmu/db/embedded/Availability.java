package io.vsmmu.db.embedded;

import java.util.Optional;

/**
 * What the database's supervisor knows about it without asking it. Callers use this to fail at once
 * instead of waiting for a connection. Safe for any thread; no method blocks.
 */
public interface Availability {

  /**
   * For a database without a supervisor: it always counts as available, so that a caller learns of
   * an outage only from its own connection.
   */
  Availability UNWATCHED =
      new Availability() {
        @Override
        public Optional<String> unavailable() {
          return Optional.empty();
        }

        @Override
        public Optional<String> outOfSpace() {
          return Optional.empty();
        }
      };

  /** Why the database takes no connections, for people; empty when it does as far as is known. */
  Optional<String> unavailable();

  /**
   * Why the log must not be written, because the file system is full or nearly so; empty when there
   * is space. Reading still works, unless the database is {@linkplain #unavailable() unavailable}.
   */
  Optional<String> outOfSpace();
}
