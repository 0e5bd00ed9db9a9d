package io.vsmmu.control.whatif;

import io.vsmmu.control.whatif.WhatIfResult.ChangedEvent;
import io.vsmmu.control.whatif.WhatIfResult.OperationCount;
import io.vsmmu.control.whatif.WhatIfResult.TypeCount;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.stimulus.HostErrno;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the recorded events that belong to one stimulus with those of the replay, and counts
 * what differs. Not thread-safe.
 */
final class EventChanges {

  /** An event with its position. */
  record Recorded(long position, VsmmuEvent event) {}

  private record OperationKey(HostOperation.Kind kind, int errno) {}

  /** Events of one type that differ, with the first examples. */
  private static final class Count {
    private long number;
    private final List<ChangedEvent> examples = new ArrayList<>();
  }

  private final Map<EventKind, Count> gone = new EnumMap<>(EventKind.class);
  private final Map<EventKind, Count> added = new EnumMap<>(EventKind.class);
  private final Map<EventKind, Count> different = new EnumMap<>(EventKind.class);
  private final Map<OperationKey, long[]> operations = new LinkedHashMap<>();
  private long same;
  private long recordedEvents;
  private long producedEvents;

  /**
   * Compares the events of one stimulus: those of the same type and stream with each other, in
   * order.
   *
   * @param recorded what happened, beginning with the stimulus event; not empty
   * @param produced what would have happened; empty if the stimulus is left out or refused
   */
  void compare(List<Recorded> recorded, List<VsmmuEvent> produced) {
    recordedEvents += recorded.size();
    producedEvents += produced.size();
    Map<EventEssence.Key, Deque<VsmmuEvent>> left = new LinkedHashMap<>();
    for (VsmmuEvent event : produced) {
      count(event, 1);
      left.computeIfAbsent(EventEssence.key(event), key -> new ArrayDeque<>()).add(event);
    }
    for (Recorded it : recorded) {
      count(it.event(), 0);
      Deque<VsmmuEvent> counterparts = left.get(EventEssence.key(it.event()));
      VsmmuEvent counterpart = counterparts == null ? null : counterparts.poll();
      if (counterpart == null) {
        add(gone, it.event(), new ChangedEvent(it.position(), EventView.brief(it.event()), null));
      } else if (EventEssence.of(it.event()).equals(EventEssence.of(counterpart))) {
        same++;
      } else {
        add(
            different,
            it.event(),
            new ChangedEvent(
                it.position(), EventView.brief(it.event()), EventView.brief(counterpart)));
      }
    }
    long stimulus = recorded.getFirst().position();
    for (Deque<VsmmuEvent> rest : left.values()) {
      for (VsmmuEvent event : rest) {
        add(added, event, new ChangedEvent(stimulus, null, EventView.brief(event)));
      }
    }
  }

  private static void add(Map<EventKind, Count> counts, VsmmuEvent event, ChangedEvent example) {
    Count count = counts.computeIfAbsent(EventKind.of(event), kind -> new Count());
    count.number++;
    if (count.examples.size() < WhatIfLimits.EXAMPLES) {
      count.examples.add(example);
    }
  }

  /**
   * Counts the operations of an outcome.
   *
   * @param side 0 for what happened, 1 for what would have happened
   */
  private void count(VsmmuEvent event, int side) {
    if (event instanceof HostOutcomeReported outcome) {
      for (HostOperation operation : outcome.operations()) {
        operations
            .computeIfAbsent(
                new OperationKey(operation.kind(), operation.errno()), key -> new long[2])[side]++;
      }
    }
  }

  long same() {
    return same;
  }

  long recordedEvents() {
    return recordedEvents;
  }

  long producedEvents() {
    return producedEvents;
  }

  List<TypeCount> gone() {
    return list(gone);
  }

  List<TypeCount> added() {
    return list(added);
  }

  List<TypeCount> different() {
    return list(different);
  }

  private static List<TypeCount> list(Map<EventKind, Count> counts) {
    List<TypeCount> list = new ArrayList<>();
    counts.forEach(
        (kind, count) ->
            list.add(new TypeCount(kind.label(), count.number, List.copyOf(count.examples))));
    return List.copyOf(list);
  }

  /** The operations of the host whose number differs. */
  List<OperationCount> operations() {
    List<OperationCount> list = new ArrayList<>();
    operations.forEach(
        (key, numbers) -> {
          if (numbers[0] != numbers[1]) {
            String outcome = key.errno() == 0 ? "done" : HostErrno.text(key.errno());
            list.add(new OperationCount(key.kind().name(), outcome, numbers[0], numbers[1]));
          }
        });
    return List.copyOf(list);
  }
}
