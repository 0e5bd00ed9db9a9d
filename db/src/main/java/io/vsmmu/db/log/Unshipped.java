package io.vsmmu.db.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Acknowledged events that the database lacked a moment ago. While they are read, some of them may
 * reach the database and leave the journal: then {@link MovedException} is thrown, and the reader
 * begins again with what the database lacks now.
 */
public interface Unshipped {

  /** The database has everything. */
  Unshipped NONE =
      new Unshipped() {
        @Override
        public long first() {
          return Long.MAX_VALUE;
        }

        @Override
        public long last() {
          return Long.MAX_VALUE;
        }

        @Override
        public boolean isEmpty() {
          return true;
        }

        @Override
        public boolean visit(
            long from,
            Predicate<? super BinaryRow> wanted,
            Predicate<? super StoredEvent> visitor) {
          return true;
        }
      };

  /** Some of the events are in the database by now, and not in the journal any more. */
  final class MovedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MovedException() {
      super("events moved from the journal to the database", null, false, false);
    }
  }

  /** The first position that the database lacks; it has every one before. */
  long first();

  /** The last acknowledged position. */
  long last();

  default boolean isEmpty() {
    return false;
  }

  /**
   * Hands events to a visitor in the order of their positions until it returns false.
   *
   * @param from the first position to read
   * @param wanted looks at a row before it is decoded
   * @return false if the visitor returned false
   * @throws MovedException if an event that was not visited yet has left the journal
   */
  boolean visit(
      long from, Predicate<? super BinaryRow> wanted, Predicate<? super StoredEvent> visitor);

  /** The first events that are wanted, at most {@code limit}. */
  default List<StoredEvent> select(long from, Predicate<? super BinaryRow> wanted, int limit) {
    List<StoredEvent> found = new ArrayList<>();
    if (limit > 0) {
      visit(
          from,
          wanted,
          event -> {
            found.add(event);
            return found.size() < limit;
          });
    }
    return found;
  }
}
