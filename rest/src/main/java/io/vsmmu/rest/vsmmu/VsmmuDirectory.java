package io.vsmmu.rest.vsmmu;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.NearNames;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.VsmmuSummary;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.query.SequenceSpans;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.StateLookup;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.smmu.model.VsmmuState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds vSMMUs, and their states at points of the log; what does not exist is refused with a
 * problem.
 */
@Component
public class VsmmuDirectory {

  /**
   * The time that a query waits for the read models to hold the events that were written before it.
   */
  public static final Duration READ_YOUR_WRITES_WAIT = Duration.ofSeconds(10);

  /**
   * The time that a list waits for the read models; a vSMMU that they do not hold yet is folded
   * from its log.
   */
  static final Duration LIST_WAIT = Duration.ofMillis(100);

  /** The greatest number of names that are compared with one that does not exist. */
  private static final int NAMES_LOOKED_AT = 1000;

  private final EventDatabase database;
  private final TimeTravel states;
  private final Projector projector;
  private final SummaryQueries summaries;
  private final Bookmarks bookmarks;
  private final ScopeOfClients scope;

  VsmmuDirectory(
      EventDatabase database,
      TimeTravel states,
      Projector projector,
      SummaryQueries summaries,
      ScopeOfClients scope) {
    this.scope = scope;
    this.database = database;
    this.states = states;
    this.projector = projector;
    this.summaries = summaries;
    this.bookmarks = new Bookmarks(database.notes());
  }

  /**
   * The vSMMU with this name, or, deleted or not, with this id.
   *
   * @throws ProblemException if there is none, or none that the client may see
   */
  public RegisteredVsmmu find(String nameOrId) {
    return find("name", nameOrId);
  }

  /**
   * As {@link #find(String)}, for a vSMMU that a parameter or a member of a body names.
   *
   * @param field the parameter or member, for a problem
   */
  public RegisteredVsmmu find(String field, String nameOrId) {
    Optional<RegisteredVsmmu> named = database.registry().byName(nameOrId);
    return named
        .or(() -> id(nameOrId).flatMap(id -> database.registry().byAggregateId(id)))
        // The vSMMUs of an import become visible together, when all of it is stored.
        .filter(vsmmu -> vsmmu.importStatus() != RegisteredVsmmu.ImportStatus.IMPORTING)
        .filter(scope::has)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND,
                    field,
                    nameOrId,
                    "name of a vSMMU, or id of a deleted one (GET /api/v1/vsmmus?deleted=true)"
                        + didYouMean(nameOrId)));
  }

  private String didYouMean(String name) {
    return NearNames.question(
        name,
        database.registry().list(0, NAMES_LOOKED_AT, false).stream()
            .filter(scope::has)
            .map(RegisteredVsmmu::name)
            .toList());
  }

  /**
   * The vSMMU, once the read models hold all of its events.
   *
   * @throws ProblemException if there is none, or after {@link #READ_YOUR_WRITES_WAIT}
   */
  public RegisteredVsmmu projected(String nameOrId) {
    return projected(nameOrId, Projector.READ_MODELS);
  }

  /** As {@link #projected(String)}, once the projection with this name holds all of its events. */
  public RegisteredVsmmu projected(String nameOrId, String projection) {
    RegisteredVsmmu vsmmu = find(nameOrId);
    database.writer().awaitTail();
    EventLog log = database.shippedLog();
    OptionalLong last = log.lastSequence(vsmmu.id());
    if (last.isPresent()) {
      await(projection, log.positionOf(vsmmu.id(), last.getAsLong()).orElse(0));
    }
    return vsmmu;
  }

  private void await(String projection, long position) {
    try {
      if (projector.awaitPosition(projection, position, READ_YOUR_WRITES_WAIT)) {
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    throw ProblemException.plain(
        ProblemType.READ_MODEL_BEHIND,
        "The projection %s is at position %d of %d; try again later"
            .formatted(projection, projector.position(projection), position));
  }

  /**
   * The summaries of vSMMUs by their numbers. A vSMMU whose newest event the read models do not
   * hold within {@link #LIST_WAIT} is absent.
   */
  Map<Integer, VsmmuSummary> summaries(Collection<Integer> vsmmus) {
    try {
      database.writer().awaitTail();
      projector.awaitPosition(database.shippedLog().headPosition(), LIST_WAIT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return summaries.of(vsmmus);
  }

  /**
   * The number of events before the log of those that are imported parts of other logs, by the
   * numbers of the vSMMUs.
   */
  Map<Integer, Long> eventsBefore(Collection<RegisteredVsmmu> vsmmus) {
    return summaries.eventsBefore(
        vsmmus.stream()
            .filter(it -> it.importStatus() == RegisteredVsmmu.ImportStatus.IMPORTED)
            .map(RegisteredVsmmu::id)
            .toList());
  }

  /**
   * vSMMUs that the client may see, in the order of creation.
   *
   * @param afterId number of the vSMMU behind which to begin
   * @param most of them
   * @param name part of the name, in lower case; empty for any
   */
  List<RegisteredVsmmu> list(int afterId, int most, boolean deleted, String name) {
    List<RegisteredVsmmu> found = new ArrayList<>();
    int after = afterId;
    while (true) {
      List<RegisteredVsmmu> page = database.registry().list(after, most, deleted, name);
      page.stream().filter(scope::has).limit(most - found.size()).forEach(found::add);
      if (page.size() < most || found.size() == most) {
        return found;
      }
      after = page.getLast().id();
    }
  }

  /** The state after the newest event; empty if the vSMMU has no event. */
  public Optional<StateAtEvent> head(RegisteredVsmmu vsmmu) {
    return states.at(vsmmu.id(), LogPoint.HEAD).found();
  }

  /** The state after the newest event; {@link VsmmuState#ABSENT} without events. */
  public VsmmuState state(RegisteredVsmmu vsmmu) {
    return head(vsmmu).map(StateAtEvent::state).orElse(VsmmuState.ABSENT);
  }

  /**
   * The point of the vSMMU's log that a request names.
   *
   * @param field the parameter or member that gave it, for a problem
   * @param given null if it is absent
   * @return null if it is absent
   * @throws ProblemException if the vSMMU has no such bookmark
   */
  public @Nullable LogPoint point(RegisteredVsmmu vsmmu, String field, @Nullable GivenPoint given) {
    return given == null ? null : bookmarks.point(vsmmu, field, given);
  }

  /** As {@link #point}, of a parameter or member that takes no instants. */
  public long position(RegisteredVsmmu vsmmu, String field, GivenPosition given) {
    return bookmarks.position(vsmmu, field, given);
  }

  /**
   * The state of a vSMMU at a point of the log.
   *
   * @param field the parameter that gave the point, for a problem
   * @param when null for the newest event
   */
  public StateAtEvent moment(RegisteredVsmmu vsmmu, String field, @Nullable GivenPoint when) {
    LogPoint wanted = when == null ? LogPoint.HEAD : bookmarks.point(vsmmu, field, when);
    return switch (states.at(vsmmu.id(), wanted)) {
      case StateLookup.Found found -> found.moment();
      case StateLookup.BeforeFirst before ->
          throw notInLog(
              field,
              before.asked(),
              "%s begins at position %d".formatted(vsmmu.name(), before.firstPosition()));
      case StateLookup.BeyondHead beyond ->
          throw notInLog(
              field, beyond.asked(), "the log ends at position " + beyond.headPosition());
      case StateLookup.NoEvents _ ->
          throw notInLog(field, wanted, vsmmu.name() + " has no event yet");
    };
  }

  /**
   * The events of a vSMMU between two points of the log, both included, by their sequences; at
   * least one.
   *
   * @param fromField the parameter that gave {@code givenFrom}, for a problem
   * @param givenFrom null for the first event
   * @param givenTo null for the newest event
   * @throws ProblemException if a position is beyond the log, the first point is after the last, or
   *     there is no event between them
   */
  public Span range(
      RegisteredVsmmu vsmmu,
      String fromField,
      @Nullable GivenPoint givenFrom,
      String toField,
      @Nullable GivenPoint givenTo) {
    EventLog log = database.log();
    LogPoint from = point(vsmmu, fromField, givenFrom);
    LogPoint to = point(vsmmu, toField, givenTo);
    checkWithinLog(fromField, from, log.headPosition());
    checkWithinLog(toField, to, log.headPosition());
    Span range = new SequenceSpans(log).sequences(vsmmu.id(), from, to);
    if (!range.empty()) {
      return range;
    }
    OptionalLong last = log.lastSequence(vsmmu.id());
    if (last.isEmpty()) {
      throw notInLog(
          fromField, from == null ? LogPoint.HEAD : from, vsmmu.name() + " has no event yet");
    }
    String between =
        "points with an event of %s between them, which has events from position %d to %d"
            .formatted(
                vsmmu.name(),
                log.positionOf(vsmmu.id(), log.firstSequence(vsmmu.id()).orElse(0)).orElse(0),
                log.positionOf(vsmmu.id(), last.getAsLong()).orElse(0));
    throw from == null
        ? notInLog(toField, to == null ? LogPoint.HEAD : to, between)
        : notInLog(fromField, from, to == null ? between : between + ", and not after " + toField);
  }

  /**
   * Refuses a position behind the end of the whole log.
   *
   * @param field the parameter that gave the position, for the problem
   */
  public void checkWithinLog(String field, long position) {
    checkWithinLog(field, LogPoint.position(position), database.log().headPosition());
  }

  private static void checkWithinLog(String field, @Nullable LogPoint point, long head) {
    if (point instanceof LogPoint.AtPosition(long position) && position > head) {
      throw notInLog(field, point, "the log ends at position " + head);
    }
  }

  private static ProblemException notInLog(String field, LogPoint asked, String allowed) {
    return ProblemException.of(ProblemType.NOT_IN_LOG, field, text(asked), allowed);
  }

  private static String text(LogPoint asked) {
    return switch (asked) {
      case LogPoint.Head _ -> "the newest event";
      case LogPoint.AtPosition at -> String.valueOf(at.position());
      case LogPoint.AtInstant at -> at.instant().toString();
    };
  }

  private static Optional<UUID> id(String text) {
    try {
      // UUID.fromString accepts shortened forms such as 1-1-1-1-1, which may be a name.
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }
}
