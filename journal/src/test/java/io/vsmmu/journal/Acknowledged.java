package io.vsmmu.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** What a journal has acknowledged: the bytes of the entry at each position, from 1. */
final class Acknowledged {

  private final List<byte[]> entries = new ArrayList<>();

  /** The entries of an append that has not returned; empty if there is none. */
  private List<byte[]> underWay = List.of();

  long synced;
  long released;

  Acknowledged() {}

  private Acknowledged(Acknowledged other) {
    entries.addAll(other.entries);
    underWay = other.underWay;
    synced = other.synced;
    released = other.released;
  }

  /** What was acknowledged at this moment. */
  Acknowledged now() {
    return new Acknowledged(this);
  }

  long last() {
    return entries.size();
  }

  void append(Journal journal, List<byte[]> more, boolean willSync) {
    underWay = more;
    long first = journal.append(more.stream().map(JournalFiles::entry).toList(), willSync);
    assertEquals(last() + 1, first);
    entries.addAll(more);
    underWay = List.of();
  }

  void sync(Journal journal) {
    journal.sync(last());
    synced = last();
  }

  void release(Journal journal, long through) {
    journal.release(through);
    released = through;
  }

  /**
   * Compares a journal after a crash with this, and takes over what it kept.
   *
   * @param shipped what it was started with
   * @param atLeast the last position that must be there
   */
  void mustBeIn(Journal journal, long shipped, long atLeast) {
    List<byte[]> possible = new ArrayList<>(entries);
    possible.addAll(underWay);
    assertTrue(
        journal.last() >= atLeast, "ends at %d before %d".formatted(journal.last(), atLeast));
    assertTrue(
        journal.last() <= last() || journal.last() == possible.size(),
        "ends at %d, within an append of %d to %d"
            .formatted(journal.last(), last() + 1, possible.size()));
    List<byte[]> found = JournalFiles.readBytes(journal, shipped + 1);
    for (int i = 0; i < found.size(); i++) {
      assertArrayEquals(
          possible.get((int) shipped + i), found.get(i), "position " + (shipped + 1 + i));
    }
    entries.clear();
    entries.addAll(possible.subList(0, (int) journal.last()));
    underWay = List.of();
    synced = last();
    released = shipped;
  }
}
