package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.Vevent;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the faults of one vIOMMU from its vEVENTQ until it is closed. It owns the thread that reads
 * and calls the consumer. While the consumer is busy the kernel keeps further faults, up to the
 * queue's depth; the number of those that it drops is found by the gap in the sequence numbers
 * (drivers/iommu/iommufd/eventq.c). The object's lock is held during a read, so that {@link #close}
 * returns only when no read is under way.
 */
final class FaultReader implements AutoCloseable {

  /** Longest wait for a fault in milliseconds, after which a closed reader ends. */
  static final int WAIT_MILLIS = 100;

  /**
   * Most records that are delivered in a second, on average. The faults of a device that faults
   * without end then fill the kernel's queue instead of the log, and those that are lost are
   * counted.
   */
  static final int RECORDS_PER_SECOND = 10_000;

  private static final System.Logger LOGGER = System.getLogger(FaultReader.class.getName());

  /** Errors after which a later read may succeed. */
  private static final Set<Errno> TRANSIENT = Set.of(Errno.EINTR, Errno.EAGAIN, Errno.ENOMEM);

  private final IommuContext context;
  private final int veventq;
  private final Consumer<ReportFaults> consumer;
  private final Thread thread;
  private volatile boolean closed;
  private int expected;
  private boolean begun;

  private FaultReader(
      IommuContext context, int veventq, Consumer<ReportFaults> consumer, int first) {
    this.context = context;
    this.veventq = veventq;
    this.consumer = consumer;
    this.expected = Math.max(first, 0);
    this.begun = first >= 0;
    this.thread = Thread.ofPlatform().daemon().name("faults-" + veventq).unstarted(this::run);
  }

  /** Starts to read a vEVENTQ that was just allocated: its first record has sequence number 0. */
  static FaultReader start(IommuContext context, int veventq, Consumer<ReportFaults> consumer) {
    return started(new FaultReader(context, veventq, consumer, 0));
  }

  /**
   * Starts to read a vEVENTQ that an earlier process had read. Its last sequence number is not
   * known, so the first record cannot show a loss.
   */
  static FaultReader resume(IommuContext context, int veventq, Consumer<ReportFaults> consumer) {
    return started(new FaultReader(context, veventq, consumer, -1));
  }

  private static FaultReader started(FaultReader reader) {
    reader.thread.start();
    return reader;
  }

  private void run() {
    while (!closed) {
      if (!once()) {
        return;
      }
    }
  }

  /** Reads once; false when the queue can no longer be read. */
  private boolean once() {
    return switch (read()) {
      case HostResult.Ok<List<Vevent>>(List<Vevent> events) -> {
        if (!events.isEmpty()) {
          deliver(events);
        }
        yield pause(pauseAfter(events.size()));
      }
      case HostResult.Refused<List<Vevent>>(Errno errno) -> pauseIfTransient(errno);
    };
  }

  /** Reads unless this is closed: after that the kernel may give the queue's id to another one. */
  private synchronized HostResult<List<Vevent>> read() {
    if (closed) {
      return HostResult.refused(Errno.EBADF);
    }
    return context
        .pollVevents(veventq, WAIT_MILLIS)
        .then(
            some ->
                some
                    ? context.readVevents(veventq, Limits.FAULT_RECORDS)
                    : HostResult.ok(List.of()));
  }

  private boolean pauseIfTransient(Errno errno) {
    if (!TRANSIENT.contains(errno)) {
      if (!closed) {
        LOGGER.log(
            Level.WARNING,
            "the faults of vEVENTQ %d are no longer read: %s".formatted(veventq, errno));
      }
      return false;
    }
    return pause(Duration.ofMillis(WAIT_MILLIS));
  }

  /** The pause after a read of this number of records. */
  static Duration pauseAfter(int records) {
    return Duration.ofSeconds(records).dividedBy(RECORDS_PER_SECOND);
  }

  private static boolean pause(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException interrupted) {
      return false;
    }
  }

  private void deliver(List<Vevent> events) {
    List<EventRecord> records = new ArrayList<>();
    long lost = 0;
    for (Vevent event : events) {
      switch (event) {
        case Vevent.Fault fault -> {
          lost += gap(fault.sequence());
          records.add(new EventRecord(fault.word0(), fault.word1(), fault.word2(), fault.word3()));
        }
        // The header carries the sequence number of the last lost record.
        case Vevent.LostEvents header -> lost += gap(header.sequence()) + 1;
      }
    }
    try {
      consumer.accept(new ReportFaults(records, lost));
    } catch (RuntimeException refused) {
      LOGGER.log(
          closed ? Level.DEBUG : Level.WARNING,
          "%d faults of vEVENTQ %d could not be delivered: %s"
              .formatted(records.size(), veventq, refused));
    }
  }

  /** Number of records that are missing before the one with this sequence number. */
  private long gap(int sequence) {
    int missing = begun ? (sequence - expected) & Vevent.MAX_SEQUENCE : 0;
    begun = true;
    expected = (sequence + 1) & Vevent.MAX_SEQUENCE;
    return missing;
  }

  /**
   * Ends the reader: no request on the queue is made after this returns. A delivery that has begun
   * goes on.
   */
  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      // The lock makes this wait for a read that is under way.
      begun = false;
    }
  }
}
