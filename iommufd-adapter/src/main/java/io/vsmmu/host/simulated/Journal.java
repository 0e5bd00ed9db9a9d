package io.vsmmu.host.simulated;

import java.util.ArrayDeque;
import java.util.List;

/** The newest operations of a host, in order. Not safe for use by several threads on its own. */
final class Journal {

  private final int limit;
  private final ArrayDeque<JournalEntry> entries = new ArrayDeque<>();
  private long next;

  Journal(int limit) {
    this.limit = limit;
  }

  long next() {
    return next;
  }

  void add(JournalEntry entry) {
    if (entries.size() == limit) {
      entries.removeFirst();
    }
    entries.addLast(entry);
    next++;
  }

  List<JournalEntry> entries() {
    return List.copyOf(entries);
  }
}
