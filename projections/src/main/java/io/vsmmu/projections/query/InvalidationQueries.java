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
 * All invalidations that could touch something. An index of blocks of events is a sieve; the slices
 * of the blocks that pass it are decoded and looked at command by command.
 */
public final class InvalidationQueries {

  private final EventLog log;
  private final BlockIndex sieve;
  private final SequenceSpans places;

  public InvalidationQueries(DataSource dataSource, EventLog log) {
    this.log = log;
    this.sieve = new BlockIndex(new Tables(dataSource));
    this.places = new SequenceSpans(log);
  }

  /**
   * A page of invalidations, slice by slice. The commands of one slice stay together: a page holds
   * up to {@link io.vsmmu.smmu.model.Limits#SLICE_ENTRIES} more than its limit.
   */
  public Page<InvalidationItem> invalidations(int vsmmu, InvalidationFilter filter, Keyset keyset) {
    Span sequences = places.sequences(vsmmu, filter.from(), filter.to());
    Span span = places.rest(vsmmu, sequences, keyset);
    CandidateEvents candidates =
        new CandidateEvents(
            log, sieve, vsmmu, IndexConditions.of(filter), span, keyset.ascending());
    List<InvalidationItem> items = new ArrayList<>();
    int looked = 0;
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
      looked += chunk.size();
      if (looked >= EventQueries.EVENTS_PER_PAGE) {
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
    for (ScopedEntry touch : ScopedEntry.each(slice)) {
      int entry = touch.entry();
      if (filter.matches(touch.scope())) {
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
