package io.vsmmu.host.simulated;

import io.vsmmu.host.Vevent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The unread events of a vEVENTQ. A full queue ends with one header that reports the loss. The
 * header is removed when an event is added behind it, and then only the gap in the sequence numbers
 * shows the loss (drivers/iommu/iommufd/driver.c, iommufd_viommu_report_event; iommufd_private.h,
 * iommufd_vevent_handler).
 */
final class VeventQueue {

  private final int depth;
  private final ArrayDeque<Vevent> deliver = new ArrayDeque<>();
  private int events;
  private int sequence;

  VeventQueue(int depth) {
    this.depth = depth;
  }

  /** Adds an event; false when the queue was full and the event was lost. */
  boolean report(long word0, long word1, long word2, long word3) {
    if (deliver.peekLast() instanceof Vevent.LostEvents) {
      deliver.removeLast();
    }
    boolean room = Integer.compareUnsigned(events, depth) < 0;
    if (room) {
      deliver.addLast(new Vevent.Fault(sequence, word0, word1, word2, word3));
      events++;
    } else {
      deliver.addLast(new Vevent.LostEvents(sequence));
    }
    sequence = (sequence + 1) & Vevent.MAX_SEQUENCE;
    return room;
  }

  List<Vevent> read(int max) {
    List<Vevent> taken = new ArrayList<>();
    while (taken.size() < max && !deliver.isEmpty()) {
      Vevent next = deliver.removeFirst();
      if (next instanceof Vevent.Fault) {
        events--;
      }
      taken.add(next);
    }
    return List.copyOf(taken);
  }

  boolean isEmpty() {
    return deliver.isEmpty();
  }

  void nextSequence(int next) {
    sequence = next & Vevent.MAX_SEQUENCE;
  }
}
