package io.vsmmu.debugger.cause;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.step.Doorbell;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.wire.EventKind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells what led to an event and what followed from it: the guest's access, the commands of its
 * slice, what was decided, the host's calls with their answers, and what the guest saw. For a slice
 * with a CMD_SYNC that is the group of the CMD_SYNC. Thread-safe.
 */
public final class CausalChains {

  private final EventLog log;
  private final TimeTravel travel;
  private final EventQueries queries;

  public CausalChains(EventLog log, TimeTravel travel, EventQueries queries) {
    this.log = log;
    this.travel = travel;
    this.queries = queries;
  }

  /**
   * The chain of the event at a position; empty if the vSMMU has no event there.
   *
   * @param whole whether the steps that are otherwise given as numbers, {@link CauseLimits#PARTS},
   *     are wanted, up to {@link CauseLimits#ALL_STEPS}
   */
  public Optional<CausalChain> of(int vsmmu, long position, boolean whole) {
    return queries
        .event(vsmmu, position)
        .map(
            asked -> {
              EventItem root = root(vsmmu, asked);
              return new Chain(vsmmu, asked, root, whole).build();
            });
  }

  private EventItem root(int vsmmu, EventItem asked) {
    EventItem from =
        asked.event().event() instanceof HostCallsObserved ? accessBefore(vsmmu, asked) : asked;
    if (from.event().ofRestart()) {
      return from;
    }
    List<EventItem> causes = queries.causes(vsmmu, from.position()).orElse(List.of());
    return causes.isEmpty() ? from : causes.getLast();
  }

  /**
   * The access that the host calls of a recording belong to: an import appends them directly behind
   * it. The event itself if there is none.
   */
  private EventItem accessBefore(int vsmmu, EventItem calls) {
    long sequence = calls.event().sequence();
    long first = Math.max(0, sequence - CauseLimits.EVENTS_AFTER_ACCESS);
    List<StoredEvent> page = log.readPage(vsmmu, first, (int) (sequence - first));
    for (StoredEvent stored : page.reversed()) {
      if (stored.sequence() >= sequence) {
        // The log begins less than a page before the calls.
        continue;
      }
      LogEvent event = new LogEvent(stored);
      if (isAccess(event.event())) {
        return queries.event(vsmmu, event.position()).orElse(calls);
      }
      if (!continuesAccess(event.event())) {
        break;
      }
    }
    return calls;
  }

  private static boolean isAccess(VsmmuEvent event) {
    return event instanceof RegisterWritten
        || event instanceof CommandsConsumed
        || event instanceof DeviceAttached;
  }

  /** Whether the event can stand between an access of a recording and its host calls. */
  private static boolean continuesAccess(VsmmuEvent event) {
    return !(event instanceof StimulusEvent)
        || event instanceof HostOutcomeReported
        || event instanceof HostCallsObserved;
  }

  /** The chain of one event while it is put together. */
  private final class Chain {
    private final int vsmmu;
    private final EventItem asked;
    private final EventItem root;
    private final boolean recording;
    private final boolean untimed;
    private final StepList steps;
    private final List<String> notes = new ArrayList<>();

    Chain(int vsmmu, EventItem asked, EventItem root, boolean whole) {
      this.vsmmu = vsmmu;
      this.asked = asked;
      this.root = root;
      this.steps = new StepList(whole);
      this.recording =
          travel.before(vsmmu, asked.event().sequence() + 1).origin() == Origin.QEMU_TRACE;
      this.untimed = recording && untimed();
    }

    private VsmmuState before(EventItem item) {
      return travel.before(vsmmu, item.event().sequence());
    }

    CausalChain build() {
      List<EventItem> group = new ArrayList<>(List.of(root));
      group.addAll(queries.effects(vsmmu, root.position()).orElse(List.of()));
      if (recording) {
        group.addAll(recordedCalls());
      }
      group.sort((a, b) -> Long.compare(a.position(), b.position()));
      group.forEach(this::add);
      note(group);
      return new CausalChain(asked, root, doorbell(), steps.steps(), steps.omitted(), notes);
    }

    private void add(EventItem item) {
      List<EventSteps.Step> all = new ArrayList<>(stepsOf(item));
      if (item.event().event() instanceof HostOutcomeReported outcome
          && outcome.completes()
          && root.event().event() instanceof CommandsConsumed slice
          && outcome.decision() == root.event().sequence()) {
        all.addAll(EventSteps.completions(slice));
      }
      steps.begin(item.position());
      for (EventSteps.Step step : all) {
        steps.add(placed(item, step), step.part(), isAsked(item, step));
      }
    }

    private List<EventSteps.Step> stepsOf(EventItem item) {
      VsmmuEvent event = item.event().event();
      if (event instanceof HostOutcomeReported outcome && item.event().ofRestart()) {
        return item.position() == root.position()
            ? EventSteps.ofRestart(outcome, before(item), began(), item.cause())
            : EventSteps.issuedAgain(outcome);
      }
      return EventSteps.of(event, before(item));
    }

    /** Whether the step is the one that was asked for, and not only of an event with many. */
    private boolean isAsked(EventItem item, EventSteps.Step step) {
      int entry = askedEntry();
      boolean command = step.kind() == ChainStep.Kind.COMMAND;
      return (command && entry >= 0)
          ? item.position() == root.position() && entry == step.entry()
          : item.position() == asked.position();
    }

    /** The command that led to the event that was asked for. */
    private int askedEntry() {
      return switch (asked.event().event()) {
        case StreamConfigured it -> it.entry();
        case CommandQueueFailed it -> it.entry();
        default -> EventSteps.Step.NO_ENTRY;
      };
    }

    private ChainStep placed(EventItem item, EventSteps.Step step) {
      Long micros = step.micros();
      Instant measured = micros == null ? item.event().time() : Micros.toInstant(micros);
      Instant time = step.recorded() && !untimed ? measured : null;
      String by =
          step.kind() == ChainStep.Kind.STIMULUS && item.position() == root.position()
              ? by(item.event())
              : "";
      return new ChainStep(
          step.kind(),
          item.position(),
          time,
          time == null ? null : ChronoUnit.MICROS.between(began(), time),
          step.tookNanos() == 0 ? null : step.tookNanos(),
          step.entry() < 0 ? null : step.entry(),
          isAsked(item, step),
          step.text() + by);
    }

    /** When the first event happened: a restart is recorded after what it did. */
    private Instant began() {
      return root.event().event() instanceof HostOutcomeReported restart
              && restart.beganMicros() != 0
          ? Micros.toInstant(restart.beganMicros())
          : root.event().time();
    }

    /** Who began it, if that was neither the guest nor the host. */
    private static String by(LogEvent event) {
      String subject = event.subject();
      if (subject == null || event.ofRestart()) {
        return "";
      }
      return subject.equals(EventMetaData.RECOVERY)
          ? ", by the service of itself after its restart"
          : ", asked for by " + subject;
    }

    /** The host calls that the recording has directly behind the access. */
    private List<EventItem> recordedCalls() {
      List<EventItem> calls = new ArrayList<>();
      if (!isAccess(root.event().event())) {
        return calls;
      }
      VsmmuState state = travel.before(vsmmu, root.event().sequence() + 1);
      List<StoredEvent> page =
          log.readPage(vsmmu, root.event().sequence() + 1, CauseLimits.EVENTS_AFTER_ACCESS);
      for (StoredEvent stored : page) {
        LogEvent event = new LogEvent(stored);
        boolean laterSlice =
            event.event() instanceof CommandsConsumed slice && !Doorbell.rung(state, slice);
        if (event.event() instanceof HostCallsObserved) {
          calls.add(new EventItem(event, null));
        } else if (!laterSlice && !continuesAccess(event.event())) {
          break;
        }
        state = Vsmmu.evolve(state, event.event());
      }
      return calls;
    }

    private @Nullable Long doorbell() {
      if (!(root.event().event() instanceof CommandsConsumed slice)) {
        return null;
      }
      if (Doorbell.rung(before(root), slice)) {
        return root.position();
      }
      EventFilter slices =
          new EventFilter(
              Set.of(EventKind.COMMANDS_CONSUMED),
              null,
              null,
              null,
              null,
              LogPoint.position(root.position() - 1),
              false);
      Keyset newest =
          new Keyset(OptionalLong.empty(), CauseLimits.SLICES_BEFORE, Keyset.Order.NEWEST_FIRST);
      for (EventItem item : queries.events(vsmmu, slices, newest).items()) {
        if (!(item.event().event() instanceof CommandsConsumed earlier)
            || earlier.prod() != slice.prod()) {
          return null;
        }
        if (Doorbell.rung(before(item), earlier)) {
          return item.position();
        }
      }
      return null;
    }

    private void note(List<EventItem> group) {
      boolean hostCalls = has(step -> step.kind() == ChainStep.Kind.HOST_CALL);
      boolean measured = has(step -> step.tookNanos() != null);
      if (hostCalls && recording) {
        notes.add(
            "The host calls are those of the simulated host that the recording was imported on; the"
                + " recorded calls are those of the recorded VMM, in the order of the recording.");
      }
      if (untimed) {
        notes.add(
            "The recording has no times: all of its events have the time of the import, so the time"
                + " of no step is known.");
        return;
      }
      if (recording && has(step -> step.kind() == ChainStep.Kind.RECORDED_CALL)) {
        notes.add(
            "A recorded call has the time at which its line was printed, which QEMU does when the"
                + " call has returned; how long it took is in no trace. The line of the guest's"
                + " write follows when QEMU has handled it, so that the calls that belong to it are"
                + " earlier.");
      }
      if (hostCalls && recording && !measured) {
        notes.add(
            "The calls of the simulated host have the time of the access that they belong to: how"
                + " long they took on the host of the import says nothing about the recording.");
      } else if (hostCalls && !measured) {
        notes.add(
            "The duration of each host call is not recorded in this log. All of them lie between"
                + " the decision and the record of their outcome, %s later; the outcome of"
                    .formatted(outcomeTime(group))
                + " successful invalidations is recorded with the next submission, so that they may"
                + " have ended before.");
      }
      if (measured) {
        notes.add(
            "The time of a host call is that of its beginning; CMDQ_CONS moves directly after the"
                + " last one.");
      }
      if (has(step -> step.time() == null)) {
        notes.add(
            "The time of a CMD_SYNC's completion is not recorded: it follows directly after"
                + " CMDQ_CONS has moved.");
      }
    }

    private boolean has(Predicate<ChainStep> wanted) {
      return steps.steps().stream().anyMatch(wanted);
    }

    private String outcomeTime(List<EventItem> group) {
      return group.stream()
          .filter(item -> item.event().event() instanceof HostOutcomeReported)
          .map(item -> Duration.between(root.event().time(), item.event().time()))
          .map(time -> time.toNanos() / 1000 + " us")
          .findFirst()
          .orElse("some time");
    }

    /** Whether all events of the vSMMU have the same time, because the recording has none. */
    private boolean untimed() {
      OptionalLong last = log.lastSequence(vsmmu);
      if (last.isEmpty()) {
        return false;
      }
      List<StoredEvent> first = log.readPage(vsmmu, log.firstSequence(vsmmu).orElse(0), 1);
      List<StoredEvent> end = log.readPage(vsmmu, last.getAsLong(), 1);
      return !first.isEmpty()
          && !end.isEmpty()
          && last.getAsLong() > 0
          && first.getFirst().timeMicros() == end.getFirst().timeMicros();
    }
  }
}
