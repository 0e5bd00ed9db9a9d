package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says of a condition which of the StreamIDs that it names do not occur in the log: such a
 * condition finds nothing, or holds everywhere, for another reason than the reader expects.
 * Thread-safe.
 */
public final class StreamIdNotes {

  private final EventQueries events;
  private final StreamQueries streams;
  private final TimeTravel states;

  public StreamIdNotes(EventQueries events, StreamQueries streams, TimeTravel states) {
    this.events = events;
    this.streams = streams;
    this.states = states;
  }

  /**
   * One sentence for each StreamID that no event of the vSMMU names and its state does not have.
   *
   * @param name of the vSMMU, for the sentences
   */
  public List<String> notes(int vsmmu, String name, Expression expression) {
    if (expression.streamIds().isEmpty()) {
      return List.of();
    }
    TreeSet<Long> present = new TreeSet<>(streamsOf(vsmmu));
    List<String> notes = new ArrayList<>();
    for (long sid : expression.streamIds()) {
      if (!present.contains(sid) && occursNowhere(vsmmu, sid)) {
        if (notes.isEmpty()) {
          streams.streamIds(vsmmu, FindLimits.STREAM_IDS).stream()
              .map(Integer::toUnsignedLong)
              .forEach(present::add);
        }
        notes.add(
            "StreamID %s does not occur in the log of %s; %s"
                .formatted(Hex.of(sid), name, others(present)));
      }
    }
    return notes;
  }

  private static String others(TreeSet<Long> present) {
    if (present.isEmpty()) {
      return "none does";
    }
    String some =
        present.stream()
            .limit(FindLimits.STREAM_IDS)
            .map(sid -> Hex.of((long) sid))
            .collect(Collectors.joining(", "));
    return "these do: " + some + (present.size() > FindLimits.STREAM_IDS ? " and others" : "");
  }

  private List<Long> streamsOf(int vsmmu) {
    try {
      return states
          .at(vsmmu, LogPoint.HEAD)
          .found()
          .map(StateAtEvent::state)
          .map(StreamIdNotes::streamIds)
          .orElse(List.of());
    } catch (DamagedEventException damaged) {
      // The answer says where the log cannot be read.
      return List.of();
    }
  }

  private static List<Long> streamIds(VsmmuState state) {
    TreeSet<Integer> present = new TreeSet<>(state.streams().keySet());
    present.addAll(state.devices().keySet());
    return present.stream().map(Integer::toUnsignedLong).toList();
  }

  /**
   * Whether no event names the StreamID by itself, as far as one page of a query looks. A command
   * for a range of StreamIDs, such as CFGI_ALL, names none.
   */
  private boolean occursNowhere(int vsmmu, long sid) {
    if (sid >>> Integer.SIZE != 0) {
      return true;
    }
    try {
      Page<EventItem> page =
          events.events(
              vsmmu, EventFilter.ALL.withSid((int) sid), Keyset.oldestFirst(Keyset.MOST_ITEMS));
      return page.next().isEmpty()
          && page.items().stream()
              .noneMatch(it -> NamedStreams.of(it.event().event()).each().contains((int) sid));
    } catch (DamagedEventException damaged) {
      return false;
    }
  }
}
