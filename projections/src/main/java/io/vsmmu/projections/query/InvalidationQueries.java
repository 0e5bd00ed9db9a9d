package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import javax.sql.DataSource;

/**
 * Queries for the invalidation commands that apply to certain streams, ASIDs or addresses. The
 * index selects blocks of events, and the commands of these events are decoded and examined one by
 * one. Thread-safe.
 */
public final class InvalidationQueries {

  private final EventLog log;
  private final BlockIndex index;
  private final SequenceSpans spans;

  public InvalidationQueries(DataSource dataSource, EventLog log) {
    this.log = log;
    this.index = new BlockIndex(new Tables(dataSource));
    this.spans = new SequenceSpans(log);
  }

  /**
   * A page of invalidations. All commands of one slice are on the same page, so a page may exceed
   * its limit by up to {@link io.vsmmu.smmu.model.Limits#SLICE_ENTRIES} items.
   */
  public Page<InvalidationItem> invalidations(int vsmmu, InvalidationFilter filter, Keyset keyset) {
    Span sequences = spans.sequences(vsmmu, filter.from(), filter.to());
    Span span = spans.rest(vsmmu, sequences, keyset);
    CandidateEvents candidates =
        new CandidateEvents(
            log, index, vsmmu, IndexConditions.of(filter), span, keyset.ascending());
    List<InvalidationItem> items = new ArrayList<>();
    int examined = 0;
    while (true) {
      List<LogEvent> chunk = candidates.next(keyset.limit() - items.size());
      if (chunk.isEmpty()) {
        return Page.end(items);
      }
      for (LogEvent event : chunk) {
        items.addAll(matching(event, filter));
        if (items.size() >= keyset.limit()) {
          return Page.upTo(event.position(), items);
        }
      }
      examined += chunk.size();
      if (examined >= EventQueries.EVENTS_PER_PAGE) {
        return Page.cut(chunk.getLast().position(), items, ShortPageReason.SEARCH_LIMIT);
      }
    }
  }

  private static List<InvalidationItem> matching(LogEvent event, InvalidationFilter filter) {
    if (event.typeNumber() != EventKind.COMMANDS_CONSUMED.number()
        || !(event.event() instanceof CommandsConsumed slice)) {
      return List.of();
    }
    List<InvalidationItem> items = new ArrayList<>();
    BitSet forwarded = slice.forwarded();
    for (ScopedEntry scoped : ScopedEntry.each(slice)) {
      int entry = scoped.entry();
      if (filter.matches(scoped.scope())) {
        items.add(
            new InvalidationItem(
                event.position(),
                event.sequence(),
                event.time(),
                entry,
                slice.entries().get(entry),
                CommandView.knownBits(slice.known(), entry),
                forwarded.get(entry)));
      }
    }
    return items;
  }
}
