package io.vsmmu.db.log;

import java.util.Optional;

/** What somebody who watches over the database knows of it. Safe for any thread, never waits. */
public interface Availability {

  /** Nobody watches: whoever asks finds out. */
  Availability UNWATCHED =
      new Availability() {
        @Override
        public Optional<String> away() {
          return Optional.empty();
        }

        @Override
        public Optional<String> full() {
          return Optional.empty();
        }
      };

  /** Why the database cannot be asked now; empty when it can, as far as is known. */
  Optional<String> away();

  /**
   * Why nothing can be written now for lack of room; empty when there is room. What is there can be
   * read all the same, unless the database is {@linkplain #away() away}.
   */
  Optional<String> full();
}
