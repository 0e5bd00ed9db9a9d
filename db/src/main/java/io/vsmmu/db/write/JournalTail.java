package io.vsmmu.db.write;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.BinaryRow;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.log.Tail;
import io.vsmmu.db.log.Unshipped;
import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalFailedException;
import io.vsmmu.journal.JournalReader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/**
 * Reads what the database lacks from the journal. A read begins at the beginning of a segment file
 * and checks every frame that it passes, so it costs the length of the tail, which is short unless
 * the database takes nothing.
 */
final class JournalTail implements Tail {

  private final Journal journal;
  private final Shipper shipper;
  private final Availability availability;
  private final EventLogLimits limits;
  private volatile boolean closed;

  JournalTail(Journal journal, Shipper shipper, Availability availability, EventLogLimits limits) {
    this.journal = journal;
    this.shipper = shipper;
    this.availability = availability;
    this.limits = limits;
  }

  /** Whether the database takes events, as far as is known: then it is worth waiting for it. */
  boolean isTaken() {
    return shipper.problem().isEmpty()
        && availability.outOfSpace().isEmpty()
        && availability.unavailable().isEmpty();
  }

  @Override
  public Unshipped unshipped() {
    long last = journal.last();
    if (shipper.shipped() < last && isTaken()) {
      shipper.awaitShipped(last, limits.foldWait());
    }
    long shipped = shipper.shipped();
    if (shipped >= last) {
      return Unshipped.NONE;
    }
    if (closed) {
      throw new EventStoreException(
          "The event log's writer is closed; the journal keeps %d events"
              .formatted(last - shipped));
    }
    syncUnlessFailed(last);
    return new Behind(shipped + 1, last);
  }

  /** An event that was shown must not be missing after the machine lost its power. */
  private void syncUnlessFailed(long last) {
    try {
      journal.sync(last);
    } catch (JournalFailedException failed) {
      // The events can still be read, and the shipper reports the failure.
      return;
    }
  }

  /** Nothing is read from the journal any more, because it is closed next. */
  void close() {
    closed = true;
  }

  private final class Behind implements Unshipped {

    private final long first;
    private final long last;

    Behind(long first, long last) {
      this.first = first;
      this.last = last;
    }

    @Override
    public long first() {
      return first;
    }

    @Override
    public long last() {
      return last;
    }

    @Override
    public boolean visit(
        long from, Predicate<? super BinaryRow> wanted, Predicate<? super StoredEvent> visitor) {
      if (from > last) {
        return true;
      }
      JournalReader reader = reader(Math.max(first, from));
      while (reader.next() <= last) {
        // Visited when the frame is read: a visitor may take its time, or throw.
        for (StoredEvent event : frame(reader, wanted)) {
          if (event.position() <= last && !visitor.test(event)) {
            return false;
          }
        }
      }
      return true;
    }

    private JournalReader reader(long from) {
      try {
        return journal.reader(from);
      } catch (IllegalArgumentException | IllegalStateException releasedOrClosed) {
        throw moved(from);
      } catch (JournalFailedException failed) {
        throw unreadable(failed);
      }
    }

    private List<StoredEvent> frame(JournalReader reader, Predicate<? super BinaryRow> wanted) {
      List<StoredEvent> events = new ArrayList<>();
      try {
        reader.read(
            1,
            (position, entry) -> {
              BinaryRow row = new BinaryRow(entry);
              if (wanted.test(row)) {
                events.add(row.event());
              }
            });
        return events;
      } catch (IllegalStateException released) {
        throw moved(reader.next());
      } catch (JournalFailedException failed) {
        throw unreadable(failed);
      }
    }

    private RuntimeException moved(long position) {
      // The shipper releases a batch before it reports it.
      return closed || !shipper.awaitShipped(position, limits.foldWait())
          ? new EventStoreException(
              "The event at position %d is neither in the database nor can it be read from the journal"
                  .formatted(position))
          : new MovedException();
    }

    private EventStoreException unreadable(JournalFailedException failed) {
      return new EventStoreException(
          "What the database lacks cannot be read: " + failed.getMessage(), failed);
    }
  }
}
