package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.wire.EventKind;
import java.util.EnumSet;
import java.util.Set;

/**
 * The index of events by what they are about. An entry per event would cost as much as the log, so
 * the frequent types have none: a scan of the log finds them at once.
 */
public final class EventKeys {

  /** Types found by reading the log. */
  public static final Set<EventKind> FREQUENT =
      Set.copyOf(EnumSet.of(EventKind.COMMANDS_CONSUMED, EventKind.HOST_OUTCOME_REPORTED));

  /** StreamIDs indexed for one event; an event that names more is found under {@link #ANY_SID}. */
  public static final int STREAMS_PER_EVENT = 32;

  /** Key of events that name a range of StreamIDs, or too many of them. */
  public static final long ANY_SID = -1;

  /** Key kind: the number of the event's type. */
  public static final int KIND_TYPE = 1;

  /** Key kind: an unsigned StreamID or {@link #ANY_SID}. */
  public static final int KIND_SID = 2;

  private EventKeys() {}

  static void write(CopyBuffer rows, LogEvent event) {
    if (EventKind.of(event.typeNumber()).filter(FREQUENT::contains).isEmpty()) {
      rows.row(event.vsmmu(), KIND_TYPE, event.typeNumber(), event.position());
    }
    NamedStreams streams = NamedStreams.of(event.event());
    boolean many = streams.each().size() > STREAMS_PER_EVENT;
    if (many || streams.ranges()) {
      rows.row(event.vsmmu(), KIND_SID, ANY_SID, event.position());
    }
    if (!many) {
      for (int sid : streams.each()) {
        rows.row(event.vsmmu(), KIND_SID, Integer.toUnsignedLong(sid), event.position());
      }
    }
  }
}
