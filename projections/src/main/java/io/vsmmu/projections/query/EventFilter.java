package io.vsmmu.projections.query;

import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.model.ScopedEntry.Source;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; everything that is null or empty does not restrict.
 *
 * @param types types of events
 * @param sid events that name this StreamID
 * @param asid slices with a TLB invalidation that can touch this ASID
 * @param addresses slices, faults and translations that can touch one of these addresses
 * @param from first place, inclusive
 * @param to last place, inclusive
 * @param unattributed only lines of a recording that no vSMMU is known to be the one of
 */
public record EventFilter(
    Set<EventKind> types,
    @Nullable Integer sid,
    @Nullable Integer asid,
    @Nullable AddressRange addresses,
    @Nullable LogPoint from,
    @Nullable LogPoint to,
    boolean unattributed) {

  /** Every event. */
  public static final EventFilter ALL =
      new EventFilter(Set.of(), null, null, null, null, null, false);

  public EventFilter {
    types = unattributed && types.isEmpty() ? Set.of(EventKind.LINES_KEPT) : Set.copyOf(types);
  }

  /** Without regard to what is attributed. */
  public EventFilter(
      Set<EventKind> types,
      @Nullable Integer sid,
      @Nullable Integer asid,
      @Nullable AddressRange addresses,
      @Nullable LogPoint from,
      @Nullable LogPoint to) {
    this(types, sid, asid, addresses, from, to, false);
  }

  public EventFilter withTypes(EventKind... kinds) {
    return new EventFilter(Set.of(kinds), sid, asid, addresses, from, to, unattributed);
  }

  public EventFilter withSid(int streamId) {
    return new EventFilter(types, streamId, asid, addresses, from, to, unattributed);
  }

  public EventFilter withAsid(int id) {
    return new EventFilter(types, sid, id, addresses, from, to, unattributed);
  }

  public EventFilter withAddresses(AddressRange range) {
    return new EventFilter(types, sid, asid, range, from, to, unattributed);
  }

  /** Between two places, both included. */
  public EventFilter between(@Nullable LogPoint first, @Nullable LogPoint last) {
    return new EventFilter(types, sid, asid, addresses, first, last, unattributed);
  }

  /** Whether the event's type and content are wanted; its place is not looked at. */
  boolean matches(LogEvent event) {
    return matchesType(event)
        && (!unattributed || (event.event() instanceof LinesKept kept && kept.unattributed()))
        && (sid == null || names(event.event(), sid))
        && (!restrictsScope() || reaches(event.event()));
  }

  /** Whether commands and records have to be looked at one by one. */
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
                .filter(touch -> touch.scope().namesStreams() || touch.ofAllStreams())
                .anyMatch(touch -> touch.scope().touchesStream(streamId)));
  }

  private boolean reaches(VsmmuEvent event) {
    return ScopedEntry.each(event).stream().anyMatch(this::reaches);
  }

  private boolean reaches(ScopedEntry touch) {
    boolean tlb = touch.source() == Source.INVALIDATION && !touch.ofConfiguration();
    boolean asids =
        asid == null || (tlb && !touch.scope().namesStreams() && touch.scope().touchesAsid(asid));
    boolean range =
        addresses == null || (!touch.ofConfiguration() && touch.scope().touches(addresses));
    return asids && range;
  }
}
