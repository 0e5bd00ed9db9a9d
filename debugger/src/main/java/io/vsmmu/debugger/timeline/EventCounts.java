package io.vsmmu.debugger.timeline;

import io.vsmmu.debugger.step.Doorbell;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Counts of what events contain, by kind and by command. Not thread-safe. */
public final class EventCounts {

  /**
   * The stored number of the first command; those below are the ordinals of {@link CountedKind}.
   */
  private static final int FIRST_COMMAND = 0x40;

  private static final CountedKind[] KINDS = CountedKind.values();

  private final long[] kinds = new long[KINDS.length];

  /** By {@link CommandCounts#index}. */
  private final long[] commands = new long[CommandCounts.INDEXES];

  /**
   * Adds what an event contains.
   *
   * @param before the state before it
   * @param blind whether the guest has a hardware queue after it
   */
  void add(VsmmuEvent event, VsmmuState before, boolean blind) {
    add(CountedKind.EVENTS, 1);
    if (blind) {
      add(CountedKind.BLIND, 1);
    }
    switch (event) {
      case RegisterWritten _ -> add(CountedKind.ACCESSES, 1);
      case CommandsConsumed it -> addSlice(it, Doorbell.rung(before, it));
      case HostOutcomeReported it -> it.operations().forEach(this::addOperation);
      case HostCallsObserved it -> add(CountedKind.RECORDED_CALLS, it.calls().size());
      case FaultsReported it -> {
        add(CountedKind.FAULTS, it.records().size());
        add(CountedKind.LOST_RECORDS, it.lost());
      }
      case PageRequestsReported it -> {
        add(CountedKind.PAGE_REQUESTS, it.records().size());
        add(CountedKind.LOST_RECORDS, it.lost());
      }
      case CommandQueueFailed _, GlobalErrorRaised _ -> add(CountedKind.ERRORS, 1);
      case StreamConfigured _, DeviceAttached _, DeviceDetached _ ->
          add(CountedKind.STREAM_CHANGES, 1);
      default -> {}
    }
  }

  private void addSlice(CommandsConsumed slice, boolean doorbell) {
    if (doorbell) {
      add(CountedKind.ACCESSES, 1);
      add(CountedKind.DOORBELLS, 1);
    }
    for (int i = 0; i < slice.consumed(); i++) {
      boolean known = CommandView.opcodeKnown(CommandView.knownBits(slice.known(), i));
      commands[CommandCounts.index(slice.entries().get(i), known)]++;
    }
  }

  private void addOperation(HostOperation operation) {
    if (operation.kind() != HostOperation.Kind.ADOPT_DEVICE) {
      add(CountedKind.HOST_CALLS, 1);
      add(CountedKind.HOST_FAILURES, operation.succeeded() ? 0 : 1);
    }
  }

  private void add(CountedKind kind, long more) {
    kinds[kind.ordinal()] += more;
  }

  /** Adds the counts of other events. */
  void add(EventCounts others) {
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] += others.kinds[i];
    }
    for (int i = 0; i < commands.length; i++) {
      commands[i] += others.commands[i];
    }
  }

  /** Makes all counts 0. */
  void clear() {
    Arrays.fill(kinds, 0);
    Arrays.fill(commands, 0);
  }

  /** The number of this kind. */
  public long get(CountedKind kind) {
    return kinds[kind.ordinal()];
  }

  /** The number of commands that took effect, by the names that {@link CommandCounts} has. */
  public SequencedMap<String, Long> commands() {
    SequencedMap<String, Long> byName = new LinkedHashMap<>();
    for (int index = 0; index < commands.length; index++) {
      if (commands[index] != 0) {
        byName.put(CommandCounts.name(index), commands[index]);
      }
    }
    return byName;
  }

  /** Writes the counts that are not 0: how many, and the number and count of each. */
  void write(Varints.Writer out) {
    out.put(different(kinds) + different(commands));
    write(out, kinds, 0);
    write(out, commands, FIRST_COMMAND);
  }

  private static int different(long[] counts) {
    int different = 0;
    for (long count : counts) {
      different += count == 0 ? 0 : 1;
    }
    return different;
  }

  private static void write(Varints.Writer out, long[] counts, int firstNumber) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        out.put((long) firstNumber + i).put(counts[i]);
      }
    }
  }

  /** Adds counts that {@link #write} wrote. */
  void read(Varints.Reader in) {
    for (long different = in.next(); different > 0; different--) {
      int number = (int) in.next();
      long count = in.next();
      if (number < FIRST_COMMAND) {
        kinds[number] += count;
      } else {
        commands[number - FIRST_COMMAND] += count;
      }
    }
  }
}
