package io.vsmmu.rest.history;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The problem of a position at which a vSMMU has no event, with the nearest ones that it has. */
public final class MissingEvent {

  private MissingEvent() {}

  public static ProblemException at(EventQueries queries, RegisteredVsmmu vsmmu, long position) {
    String nearest =
        Stream.of(Order.NEWEST_FIRST, Order.OLDEST_FIRST)
            .flatMap(
                order ->
                    queries
                        .events(
                            vsmmu.id(),
                            EventFilter.ALL,
                            new Keyset(OptionalLong.of(position), 1, order))
                        .items()
                        .stream())
            .map(EventItem::position)
            .map(String::valueOf)
            .collect(Collectors.joining(" and "));
    return ProblemException.of(
        ProblemType.NOT_IN_LOG,
        "position",
        String.valueOf(position),
        "position of an event of %s%s"
            .formatted(
                vsmmu.name(), nearest.isEmpty() ? "" : ", of which the nearest: " + nearest));
  }
}
