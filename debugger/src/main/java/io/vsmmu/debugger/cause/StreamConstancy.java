package io.vsmmu.debugger.cause;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.wire.EventKind;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Says since when a stream has been as a state shows it. Its state has the sequence of the event
 * that configured it last; besides that only attachments and detachments of devices and the
 * deletion of the vSMMU change it, as long as it has a device. A live stream without one also
 * follows CR0.SMMUEN and GBPA, and a range invalidation may remove it from the state, so nothing is
 * said about it. Thread-safe.
 */
final class StreamConstancy {

  private static final String STREAMS = "streams";

  private static final EventKind[] CHANGES = {
    EventKind.DEVICE_ATTACHED, EventKind.DEVICE_DETACHED, EventKind.VSMMU_DELETED
  };

  private final EventLog log;
  private final EventQueries events;

  StreamConstancy(EventLog log, EventQueries events) {
    this.log = log;
    this.events = events;
  }

  /**
   * A sequence after which no event up to {@code at} changes a value: {@code at} itself if nothing
   * is known.
   *
   * @param state after the event {@code at}
   */
  long since(StatePath path, int vsmmu, VsmmuState state, long at) {
    OptionalLong key = path.keyIn(STREAMS);
    if (key.isEmpty()) {
      return at;
    }
    long sid = key.getAsLong();
    StreamState stream = sid >>> Integer.SIZE == 0 ? state.streams().get((int) sid) : null;
    if (stream == null) {
      return at;
    }
    boolean pinned = state.origin() != Origin.LIVE || state.device((int) sid).isPresent();
    return pinned ? Math.max(stream.since(), lastOtherChange(vsmmu, at)) : at;
  }

  /** Sequence of the last event before or at another one that can change any stream; at least 0. */
  private long lastOtherChange(int vsmmu, long at) {
    OptionalLong position = log.positionOf(vsmmu, at);
    if (position.isEmpty()) {
      return at;
    }
    EventFilter filter =
        new EventFilter(
            Set.of(CHANGES),
            null,
            null,
            null,
            null,
            LogPoint.position(position.getAsLong()),
            false);
    Keyset newest = new Keyset(OptionalLong.empty(), 1, Keyset.Order.NEWEST_FIRST);
    Page<EventItem> page = events.events(vsmmu, filter, newest);
    while (page.items().isEmpty() && page.next().isPresent()) {
      page = events.events(vsmmu, filter, newest.after(page.next().getAsLong()));
    }
    return page.items().isEmpty() ? 0 : page.items().getFirst().event().sequence();
  }
}
