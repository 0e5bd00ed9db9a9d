package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.model.Reach;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.model.Touch;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.AddressRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * All invalidations that could touch something. Runs of similar commands are a sieve; the slices
 * that pass it are decoded and looked at command by command.
 */
public final class InvalidationQueries {

  /** Runs that one page looks at. */
  public static final int RUNS_PER_PAGE = 50_000;

  private static final int CHUNK = 1000;

  private final EventLog log;
  private final Tables tables;
  private final Places places;

  public InvalidationQueries(DataSource dataSource, EventLog log) {
    this.log = log;
    this.tables = new Tables(dataSource);
    this.places = new Places(log);
  }

  private record Run(long position, Reach reach) {}

  /**
   * A page of invalidations, slice by slice. The commands of one slice stay together: a page holds
   * up to {@link io.vsmmu.smmu.model.Limits#SLICE_ENTRIES} more than its limit.
   */
  public Page<InvalidationItem> invalidations(int vsmmu, InvalidationFilter filter, Keyset keyset) {
    Span sequences = places.sequences(vsmmu, filter.from(), filter.to());
    Span span = keyset.rest(places.positions(vsmmu, sequences));
    List<InvalidationItem> items = new ArrayList<>();
    int looked = 0;
    while (!span.empty()) {
      List<Run> chunk = runs(vsmmu, span, keyset);
      long done = 0;
      for (Run run : chunk) {
        looked++;
        if (run.position() != done && filter.matches(run.reach())) {
          items.addAll(matching(run.position(), filter));
          done = run.position();
          if (items.size() >= keyset.limit()) {
            return Page.upTo(done, items);
          }
        }
      }
      if (chunk.size() < CHUNK) {
        break;
      }
      // The last slice may have more runs than the chunk holds: look at it again, but once only.
      long last = chunk.getLast().position();
      items.removeIf(item -> item.position() == last);
      long resume = keyset.ascending() ? last - 1 : last + 1;
      if (looked >= RUNS_PER_PAGE) {
        return Page.upTo(resume, items);
      }
      span = keyset.after(resume).rest(span);
    }
    return Page.end(items);
  }

  private List<Run> runs(int vsmmu, Span span, Keyset keyset) {
    return tables.query(
        "SELECT position, sid, asid, va_first, va_last FROM touch WHERE vsmmu = ?"
            + " AND position BETWEEN ? AND ? AND source = "
            + Touch.Source.INVALIDATION.number()
            + " ORDER BY position "
            + keyset.direction()
            + ", first_entry "
            + keyset.direction()
            + " LIMIT "
            + CHUNK,
        InvalidationQueries::run,
        vsmmu,
        span.first(),
        span.last());
  }

  private static Run run(ResultSet row) throws SQLException {
    Integer sid = Tables.nullableInt(row, 2);
    Integer asid = Tables.nullableInt(row, 3);
    Long first = Tables.nullableLong(row, 4);
    Long last = Tables.nullableLong(row, 5);
    Reach stream = sid == null ? Reach.ANYTHING : Reach.ofStream(sid);
    AddressRange addresses =
        first == null || last == null
            ? AddressRange.ALL
            : new AddressRange(Tables.ordered(first), Tables.ordered(last));
    return new Run(row.getLong(1), new Reach(stream.firstSid(), stream.lastSid(), asid, addresses));
  }

  private List<InvalidationItem> matching(long position, InvalidationFilter filter) {
    Optional<LogEvent> event = log.find(position).map(LogEvent::new);
    if (event.isEmpty() || !(event.get().event() instanceof CommandsConsumed slice)) {
      return List.of();
    }
    List<InvalidationItem> items = new ArrayList<>();
    BitSet forwarded = slice.forwarded();
    for (Touch touch : Touch.each(slice)) {
      int entry = touch.firstEntry();
      if (filter.matches(touch.reach())) {
        items.add(
            new InvalidationItem(
                position,
                event.get().sequence(),
                event.get().time(),
                entry,
                slice.entries().get(entry),
                CommandView.knownBits(slice.known(), entry),
                forwarded.get(entry)));
      }
    }
    return items;
  }
}
