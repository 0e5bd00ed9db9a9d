package io.vsmmu.debugger.step;

import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandsConsumed;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Steps through the log of a vSMMU by what the index has of it, so that a step costs the same
 * anywhere in a log. Thread-safe.
 */
public final class Steps {

  /** Pages of candidates that one step looks through; then it says where it ended. */
  static final int PAGES = 16;

  /** Candidates of the first page; further ones are larger. */
  private static final int FEW = 4;

  private static final int MANY = 256;

  private final EventQueries queries;
  private final TimeTravel travel;

  public Steps(EventQueries queries, TimeTravel travel) {
    this.queries = queries;
    this.travel = travel;
  }

  /** Makes a step in the log of a vSMMU. */
  public Step step(int vsmmu, StepRequest request) {
    Optional<Step> inSlice = withinSlice(vsmmu, request);
    if (inSlice.isPresent()) {
      return inSlice.get();
    }
    EventFilter filter =
        new EventFilter(request.unit().types(), request.sid(), null, null, null, null, false);
    Order order = request.forward() ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
    long reached = request.from();
    int limit = FEW;
    for (int pages = 0; pages < PAGES; pages++) {
      Page<EventItem> page =
          queries.events(vsmmu, filter, new Keyset(OptionalLong.of(reached), limit, order));
      for (EventItem item : page.items()) {
        Optional<Step> found = reached(vsmmu, request, item);
        if (found.isPresent()) {
          return found.get();
        }
      }
      if (page.next().isEmpty()) {
        return new Step.Nowhere(end(vsmmu, request), true);
      }
      reached = page.next().getAsLong();
      limit = MANY;
    }
    return new Step.Nowhere(reached, false);
  }

  /**
   * The number of commands that the slice at a position consumed, which are numbered from 0.
   *
   * @return empty if there is no slice of this vSMMU at the position
   */
  public OptionalInt commandsAt(int vsmmu, long position) {
    return queries
        .event(vsmmu, position)
        .map(item -> item.event().event())
        .filter(CommandsConsumed.class::isInstance)
        .map(slice -> OptionalInt.of(((CommandsConsumed) slice).consumed()))
        .orElse(OptionalInt.empty());
  }

  /** The next or previous command of the slice from which a step of a command starts. */
  private Optional<Step> withinSlice(int vsmmu, StepRequest request) {
    Integer entry = request.entry();
    if (request.unit() != StepUnit.COMMAND || entry == null) {
      return Optional.empty();
    }
    return queries
        .event(vsmmu, request.from())
        .filter(item -> item.event().event() instanceof CommandsConsumed)
        .flatMap(
            item -> {
              OptionalInt next =
                  request.forward()
                      ? commands(item, request).filter(i -> i > entry).findFirst()
                      : last(commands(item, request).filter(i -> i < entry));
              return next.isPresent()
                  ? Optional.of(new Step.Reached(item, next.getAsInt()))
                  : Optional.empty();
            });
  }

  private Optional<Step> reached(int vsmmu, StepRequest request, EventItem item) {
    return switch (request.unit()) {
      case EVENT, STREAM_CHANGE, FAULT -> Optional.of(new Step.Reached(item, null));
      case ACCESS, DOORBELL ->
          item.event().event() instanceof CommandsConsumed slice
                  && !Doorbell.rung(travel.before(vsmmu, item.event().sequence()), slice)
              ? Optional.empty()
              : Optional.of(new Step.Reached(item, null));
      case COMMAND -> {
        IntStream commands = commands(item, request);
        OptionalInt command = request.forward() ? commands.findFirst() : last(commands);
        yield command.isPresent()
            ? Optional.of(new Step.Reached(item, command.getAsInt()))
            : Optional.empty();
      }
    };
  }

  /** The indexes of the commands of a slice that took effect, and that name the StreamID. */
  private static IntStream commands(EventItem item, StepRequest request) {
    if (!(item.event().event() instanceof CommandsConsumed slice)) {
      return IntStream.empty();
    }
    Integer sid = request.sid();
    if (sid == null) {
      return IntStream.range(0, slice.consumed());
    }
    Set<Integer> naming = new HashSet<>();
    for (ScopedEntry entry : ScopedEntry.each(slice)) {
      boolean names = entry.scope().namesStreams() || entry.ofAllStreams();
      if (names && entry.scope().containsStream(sid)) {
        naming.add(entry.entry());
      }
    }
    return IntStream.range(0, slice.consumed()).filter(naming::contains);
  }

  private static OptionalInt last(IntStream commands) {
    return commands.reduce((first, second) -> second);
  }

  /** Position of the last event in the direction of a step; where it started without one. */
  private long end(int vsmmu, StepRequest request) {
    Order order = request.forward() ? Order.NEWEST_FIRST : Order.OLDEST_FIRST;
    return queries
        .events(vsmmu, EventFilter.ALL, new Keyset(OptionalLong.empty(), 1, order))
        .items()
        .stream()
        .mapToLong(EventItem::position)
        .findFirst()
        .orElse(request.from());
  }
}
