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
 * Reads the faults of one vIOMMU from its vEVENTQ until it is closed. While whoever takes them is
 * busy the kernel keeps what comes, up to the queue's depth; what it loses beyond that is counted
 * by the gap in the sequence (drivers/iommu/iommufd/eventq.c).
 */
final class FaultReader implements AutoCloseable {

  /** How long one wait for a fault takes at most, so that a closed reader ends. */
  static final int WAIT_MILLIS = 100;

  /**
   * Most records a second that are told in the long run. A device that faults without end fills the
   * kernel's queue then, and what is lost is counted; it does not fill the log.
   */
  static final int RECORDS_PER_SECOND = 10_000;

  private static final System.Logger LOGGER = System.getLogger(FaultReader.class.getName());

  /** The queue is there and may give something later. */
  private static final Set<Errno> PASSING = Set.of(Errno.EINTR, Errno.EAGAIN, Errno.ENOMEM);

  private final IommuContext context;
  private final int veventq;
  private final Consumer<ReportFaults> taker;
  private final Thread thread;
  private volatile boolean closed;
  private int expected;
  private boolean begun;

  private FaultReader(IommuContext context, int veventq, Consumer<ReportFaults> taker, int first) {
    this.context = context;
    this.veventq = veventq;
    this.taker = taker;
    this.expected = Math.max(first, 0);
    this.begun = first >= 0;
    this.thread = Thread.ofPlatform().daemon().name("faults-" + veventq).unstarted(this::run);
  }

  /** Reads a vEVENTQ that was just made: its first record has sequence 0. */
  static FaultReader start(IommuContext context, int veventq, Consumer<ReportFaults> taker) {
    return started(new FaultReader(context, veventq, taker, 0));
  }

  /** Reads on where a process before this one stopped: nobody knows what it had read. */
  static FaultReader resume(IommuContext context, int veventq, Consumer<ReportFaults> taker) {
    return started(new FaultReader(context, veventq, taker, -1));
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

  /** False when the queue gives nothing any more. */
  private boolean once() {
    return switch (read()) {
      case HostResult.Ok<List<Vevent>>(List<Vevent> events) -> {
        if (!events.isEmpty()) {
          deliver(events);
        }
        yield pause(pauseAfter(events.size()));
      }
      case HostResult.Refused<List<Vevent>>(Errno errno) -> passes(errno);
    };
  }

  /** Never while it is closed: the kernel may give the queue's number to another one then. */
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

  private boolean passes(Errno errno) {
    if (!PASSING.contains(errno)) {
      if (!closed) {
        LOGGER.log(
            Level.WARNING,
            "faults of vEVENTQ %d are not read any more: %s".formatted(veventq, errno));
      }
      return false;
    }
    return pause(Duration.ofMillis(WAIT_MILLIS));
  }

  /** How long nothing is read after so many records. */
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
        // Its number is that of the last record that was lost.
        case Vevent.LostEvents header -> lost += gap(header.sequence()) + 1;
      }
    }
    try {
      taker.accept(new ReportFaults(records, lost));
    } catch (RuntimeException notTaken) {
      LOGGER.log(
          closed ? Level.DEBUG : Level.WARNING,
          "%d faults of vEVENTQ %d reach nobody: %s".formatted(records.size(), veventq, notTaken));
    }
  }

  /** How many records are missing before the one of this number. */
  private long gap(int sequence) {
    int missing = begun ? (sequence - expected) & Vevent.MAX_SEQUENCE : 0;
    begun = true;
    expected = (sequence + 1) & Vevent.MAX_SEQUENCE;
    return missing;
  }

  /** The queue is not touched after this; a delivery that has begun goes on. */
  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      // Waits for a read that is under way.
      begun = false;
    }
  }
}
