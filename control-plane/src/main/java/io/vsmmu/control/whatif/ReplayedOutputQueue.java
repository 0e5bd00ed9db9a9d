package io.vsmmu.control.whatif;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The Event queue or the PRI queue of a replay with a changed input, beside the recorded one. The
 * guest writes to CONS the index behind the last record that it has read (IHI 0070, 3.5.1), and it
 * cannot have read a record that the SMMU never wrote: a CONS that is beyond PROD would be taken
 * for an inconsistent pair of indexes, with no free entry, and every later record would be an
 * overflow (7.4). So what a recorded write says is which records the guest has read; of those, the
 * ones that exist in this replay are read here. Not thread-safe.
 */
final class ReplayedOutputQueue {

  private final boolean ofEvents;
  private final Register prod;
  private final Register cons;

  /**
   * The reports whose records the recorded guest has not read, oldest first; at most as many as its
   * queue has entries.
   */
  private final Deque<Report> unread = new ArrayDeque<>();

  /** The number of records of a report in the recorded queue, and in the one of this replay. */
  private static final class Report {
    private int recorded;
    private int here;

    Report(int recorded, int here) {
      this.recorded = recorded;
      this.here = here;
    }
  }

  private ReplayedOutputQueue(boolean ofEvents, Register prod, Register cons, VsmmuState then) {
    this.ofEvents = ofEvents;
    this.prod = prod;
    this.cons = cons;
    restart(then);
  }

  /**
   * The Event queue.
   *
   * @param then the state from which on log and replay may differ
   */
  static ReplayedOutputQueue ofEvents(VsmmuState then) {
    return new ReplayedOutputQueue(true, Register.EVENTQ_PROD, Register.EVENTQ_CONS, then);
  }

  /**
   * The PRI queue.
   *
   * @param then the state from which on log and replay may differ
   */
  static ReplayedOutputQueue ofPageRequests(VsmmuState then) {
    return new ReplayedOutputQueue(false, Register.PRIQ_PROD, Register.PRIQ_CONS, then);
  }

  /** Log and replay have the same records from here on. */
  private void restart(VsmmuState state) {
    unread.clear();
    int waiting = waiting(state);
    if (waiting > 0 && waiting <= 1 << log2Size(state)) {
      unread.add(new Report(waiting, waiting));
    }
  }

  private int log2Size(VsmmuState state) {
    return ofEvents ? state.eventQueueLog2Size() : state.priQueueLog2Size();
  }

  private boolean enabled(VsmmuState state) {
    return (ofEvents ? ControlFields.EVENTQEN : ControlFields.PRIQEN)
        .isSet(state.value(Register.CR0));
  }

  private QueuePointer pointer(VsmmuState state, long register) {
    return QueuePointer.normalise((int) register, log2Size(state));
  }

  /** The number of records that the guest has not read. */
  private int waiting(VsmmuState state) {
    return pointer(state, state.value(prod)).distanceFrom(pointer(state, state.value(cons)));
  }

  /**
   * Notes which records of a report the two queues took.
   *
   * @param produced what the replay decided; empty if the report is left out
   */
  void reported(StimulusEvent event, List<VsmmuEvent> produced) {
    int recorded = queued(event);
    int here = produced.stream().mapToInt(this::queued).sum();
    if (recorded > 0 || here > 0) {
      unread.addLast(new Report(recorded, here));
    }
  }

  private int queued(VsmmuEvent event) {
    return switch (event) {
      case FaultsReported it when ofEvents -> it.queued();
      case PageRequestsReported it when !ofEvents -> it.queued();
      default -> 0;
    };
  }

  /**
   * The stimulus of this replay in place of one that writes CONS; every other is the same.
   *
   * @param here the state of this replay
   * @param then the state of the recorded log
   */
  Stimulus translated(Stimulus stimulus, VsmmuState here, VsmmuState then) {
    if (stimulus instanceof Stimulus.Reset) {
      unread.clear();
      return stimulus;
    }
    if (!(stimulus instanceof Stimulus.WriteRegister write) || write.offset() != cons.offset()) {
      return stimulus;
    }
    if (!enabled(then) || !enabled(here)) {
      // While the queue is disabled the guest sets it up anew (6.3.95, 6.3.96).
      unread.clear();
      return stimulus;
    }
    int read = pointer(then, write.value()).distanceFrom(pointer(then, then.value(cons)));
    if (read > waiting(then)) {
      // A guest that itself writes a CONS beyond PROD does so here, too.
      return stimulus;
    }
    int readHere = Math.min(readHere(read), waiting(here));
    long index = pointer(here, here.value(cons)).advance(readHere).value();
    long value = TableFields.RD.set(write.value(), index);
    boolean acknowledges =
        TableFields.OVACKFLG.isSet(write.value()) == TableFields.OVFLG.isSet(then.value(prod));
    boolean flag =
        acknowledges
            ? TableFields.OVFLG.isSet(here.value(prod))
            : TableFields.OVACKFLG.isSet(here.value(cons));
    return new Stimulus.WriteRegister(
        write.offset(),
        write.width(),
        TableFields.OVACKFLG.set(value, flag ? 1 : 0),
        write.fetches());
  }

  /** The number of records of this replay among the next ones that the recorded guest read. */
  private int readHere(int recorded) {
    int left = recorded;
    int here = 0;
    while (!unread.isEmpty()) {
      Report first = unread.getFirst();
      if (left < first.recorded) {
        int read = Math.min(left, first.here);
        first.recorded -= left;
        first.here -= read;
        return here + read;
      }
      left -= first.recorded;
      here += first.here;
      unread.removeFirst();
    }
    // Records that were in the queue when the guest set it up.
    return here + left;
  }
}
