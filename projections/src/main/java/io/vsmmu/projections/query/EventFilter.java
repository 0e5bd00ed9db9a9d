package io.vsmmu.projections.query;

import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.model.ScopedEntry.EntryKind;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects events of a vSMMU. A component that is null or empty does not restrict; an event must
 * fulfil all others.
 *
 * @param types types of events
 * @param sid a StreamID that the event refers to
 * @param asid an ASID that a TLB invalidation of the event applies to
 * @param addresses a range; wanted are events with a command, fault or translation that applies to
 *     one of its addresses
 * @param from first event, inclusive
 * @param to last event, inclusive
 * @param unattributed only lines of a recording that could not be attributed to a single vSMMU
 */
public record EventFilter(
    Set<EventKind> types,
    @Nullable Integer sid,
    @Nullable Integer asid,
    @Nullable AddressRange addresses,
    @Nullable LogPoint from,
    @Nullable LogPoint to,
    boolean unattributed) {

  public static final EventFilter ALL =
      new EventFilter(Set.of(), null, null, null, null, null, false);

  public EventFilter {
    types = unattributed && types.isEmpty() ? Set.of(EventKind.LINES_KEPT) : Set.copyOf(types);
  }

  public EventFilter withTypes(EventKind... kinds) {
    return new EventFilter(Set.of(kinds), sid, asid, addresses, from, to, unattributed);
  }

  public EventFilter withSid(int id) {
    return new EventFilter(types, id, asid, addresses, from, to, unattributed);
  }

  public EventFilter withAsid(int id) {
    return new EventFilter(types, sid, id, addresses, from, to, unattributed);
  }

  public EventFilter withAddresses(AddressRange range) {
    return new EventFilter(types, sid, asid, range, from, to, unattributed);
  }

  /** Whether the filter selects the event; {@code from} and {@code to} are not considered. */
  boolean matches(LogEvent event) {
    return matchesType(event)
        && (!unattributed || (event.event() instanceof LinesKept kept && kept.unattributed()))
        && (sid == null || names(event.event(), sid))
        && (!restrictsScope() || applies(event.event()));
  }

  /** Whether the commands and records within an event must be examined one by one. */
  boolean restrictsScope() {
    return asid != null || addresses != null;
  }

  private boolean matchesType(LogEvent event) {
    return types.isEmpty() || EventKind.of(event.typeNumber()).filter(types::contains).isPresent();
  }

  private static boolean names(VsmmuEvent event, int streamId) {
    NamedStreams streams = NamedStreams.of(event);
    return streams.each().contains(streamId)
        || (streams.ranges()
            && ScopedEntry.each(event).stream()
                .filter(entry -> entry.scope().namesStreams() || entry.ofAllStreams())
                .anyMatch(entry -> entry.scope().containsStream(streamId)));
  }

  private boolean applies(VsmmuEvent event) {
    return ScopedEntry.each(event).stream().anyMatch(this::applies);
  }

  private boolean applies(ScopedEntry entry) {
    boolean tlb = entry.source() == EntryKind.INVALIDATION && !entry.ofConfiguration();
    boolean asids =
        asid == null || (tlb && !entry.scope().namesStreams() && entry.scope().containsAsid(asid));
    boolean range =
        addresses == null || (!entry.ofConfiguration() && entry.scope().overlaps(addresses));
    return asids && range;
  }
}
