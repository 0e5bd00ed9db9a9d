package io.vsmmu.debugger.expression;

import java.util.List;

/**
 * How a value, a group, a list or an item is reached.
 *
 * @param text the path as it is written
 */
record Access(Base base, List<Link> links, String text) {

  /** Where a path begins. */
  sealed interface Base {

    /** At the state. */
    record State() implements Base {}

    /** At the event. */
    record Event() implements Base {}

    /**
     * At the item of an enclosing {@code any}, {@code all} or {@code count}.
     *
     * @param level 0 for the outermost
     */
    record Item(int level) implements Base {}
  }

  /** One step of a path. Behind an absent value every step gives an absent one. */
  sealed interface Link {

    /** A value or a group. */
    record Read(Member.Reader reader) implements Link {}

    /** All items of a list. */
    record Every(Member.Items items) implements Link {}

    /** The item of a list with this key. */
    record Find(Member.Items items, long key) implements Link {}

    /** One value of a list of plain values. */
    record Index(long index) implements Link {}
  }

  Access {
    links = List.copyOf(links);
  }
}
