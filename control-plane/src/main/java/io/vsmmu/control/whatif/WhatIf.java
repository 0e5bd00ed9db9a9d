package io.vsmmu.control.whatif;

import io.vsmmu.control.offline.OfflineVsmmu;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.whatif.EventChanges.Recorded;
import io.vsmmu.control.whatif.WhatIfResult.RefusedStimulus;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.query.StateDiff;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Replays a log with a changed input. Up to a position the log is what it is; from there on the
 * recorded stimuli are decided again, without the one that is left out, and applied to a simulated
 * host that has the devices of the log. What the guest would have done in answer is not known: its
 * recorded accesses stay, and so does what the SMMU read from its memory.
 *
 * <p>Thread-safe: each replay has its own state.
 */
public final class WhatIf {

  private final EventDatabase database;
  private final TimeTravel states;

  public WhatIf(EventDatabase database, TimeTravel states) {
    this.database = database;
    this.states = states;
  }

  /**
   * A request whose positions were checked.
   *
   * @param first sequence of the first event that is decided again
   * @param leftOut sequence of the event that is left out, -1 for none
   * @param last sequence of the last event of the log
   */
  public record Plan(WhatIfRequest request, long first, long leftOut, long last) {

    /** The number of events that {@link WhatIf#run} reads. */
    public long events() {
      return request.keep() == null ? last - first + 1 : last + 1;
    }
  }

  /**
   * Checks a request.
   *
   * @throws RequestRefusedException if it changes nothing, or names an event that cannot be changed
   */
  public Plan plan(WhatIfRequest request) {
    InputChange change = request.change();
    if (change.isEmpty()) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "change",
          "none",
          "leaveOut with a position, faults with rules such as attach:2:EBUSY, or set with a"
              + " property such as ril=off");
    }
    int id = request.vsmmu().id();
    long last =
        database
            .log()
            .lastSequence(id)
            .orElseThrow(
                () ->
                    new RequestRefusedException(
                        Kind.INVALID, "name", request.vsmmu().name(), "a vSMMU with events"));
    long leftOut = change.leftOut().isPresent() ? leftOut(request) : -1;
    long first = first(request, leftOut);
    if (leftOut >= 0 && leftOut < first) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "leaveOut",
          String.valueOf(change.leftOut().orElse(0)),
          "a position after at, from where the log is decided again");
    }
    if (first > last) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "at",
          String.valueOf(request.at().orElse(0)),
          "a position before the last access of the log, so that something is decided again");
    }
    String keep = request.keep();
    if (keep != null) {
      KeptLog.checkName(database.registry(), keep);
    }
    return new Plan(request, first, leftOut, last);
  }

  private long leftOut(WhatIfRequest request) {
    long position = request.change().leftOut().orElse(0);
    StoredEvent stored = event(request, "leaveOut", position);
    VsmmuEvent event = EventCodec.decode(stored.type(), stored.payload());
    String required =
        switch (event) {
          case VsmmuCreated _ -> "an access after the creation, without which there is no log";
          case PartImported _ -> "an access: this event is the state that the log begins with";
          case HostOutcomeReported _ ->
              "an access: this is an answer of the host, which faults change";
          case StimulusEvent _ -> "";
          default ->
              "an access: this event follows from that at position %d; leave that out"
                  .formatted(positionOf(stored, stored.cause()));
        };
    if (!required.isEmpty()) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "leaveOut",
          "%d, %s".formatted(position, EventCodec.nameOf(stored.type())),
          required);
    }
    return stored.sequence();
  }

  private long positionOf(StoredEvent event, @Nullable Long cause) {
    return cause == null
        ? event.position()
        : database.log().positionOf(event.vsmmuId(), cause).orElse(event.position());
  }

  private StoredEvent event(WhatIfRequest request, String field, long position) {
    Optional<StoredEvent> found = database.log().find(position);
    return found
        .filter(event -> event.vsmmuId() == request.vsmmu().id())
        .orElseThrow(
            () ->
                new RequestRefusedException(
                    found.isPresent() ? Kind.INVALID : Kind.NOT_FOUND,
                    field,
                    String.valueOf(position),
                    "position of an event of %s (GET /api/v1/vsmmus/%s/events)"
                        .formatted(request.vsmmu().name(), request.vsmmu().name())));
  }

  private long first(WhatIfRequest request, long leftOut) {
    int id = request.vsmmu().id();
    OptionalLong at = request.at();
    boolean properties = !request.change().properties().isEmpty();
    Optional<StoredEvent> part = states.importedPart(id);
    if (part.isPresent() && properties) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "properties",
          request.vsmmu().name(),
          "a vSMMU whose log contains its creation: this log is a part of another one and begins at"
              + " position "
              + part.get().position());
    }
    long beginning = part.isPresent() ? afterDecision(id, part.get().sequence() + 1) : 0;
    if (at.isEmpty()) {
      return properties || leftOut < 0 ? beginning : leftOut;
    }
    OptionalLong before = database.log().sequenceAtPosition(id, at.getAsLong());
    if (properties && before.isPresent()) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "at",
          String.valueOf(at.getAsLong()),
          "no position: properties take effect when a vSMMU is created, so that the whole log is"
              + " decided again");
    }
    return before.isEmpty() ? beginning : afterDecision(id, before.getAsLong() + 1);
  }

  /** The first access from a sequence on: consequences and the host's answer belong to the past. */
  private long afterDecision(int id, long sequence) {
    long[] first = {sequence};
    database
        .log()
        .readWhile(
            id,
            sequence,
            Long.MAX_VALUE,
            stored -> {
              VsmmuEvent event = EventCodec.decode(stored.type(), stored.payload());
              boolean access =
                  event instanceof StimulusEvent && !(event instanceof HostOutcomeReported);
              first[0] = access ? stored.sequence() : stored.sequence() + 1;
              return !access;
            });
    return first[0];
  }

  /**
   * Carries out a plan. Unless the outcome is kept, nothing is written.
   *
   * @param passed receives the number of events that were read since its last call; an exception of
   *     it ends the replay, and nothing is kept
   * @throws RequestRefusedException if the name to keep it under is taken, or the recorded host
   *     cannot back changed properties
   */
  public WhatIfResult run(Plan plan, LongConsumer passed) {
    String keep = plan.request().keep();
    if (keep == null) {
      return new Run(plan, passed, Optional.empty()).result();
    }
    try (KeptLog kept = KeptLog.create(database, plan.request().vsmmu(), keep)) {
      WhatIfResult result = new Run(plan, passed, Optional.of(kept)).result();
      kept.complete();
      return result;
    }
  }

  /** One replay. */
  private final class Run {

    private final Plan plan;
    private final InputChange change;
    private final LongConsumer passed;
    private final Optional<KeptLog> kept;
    private final SimulatedReplayHost host = new SimulatedReplayHost();
    private final ReplayedQueue queue;
    private final List<ReplayedOutputQueue> outputQueues;
    private final EventChanges changes = new EventChanges();
    private final List<RefusedStimulus> refused = new ArrayList<>();
    private final List<Recorded> recorded = new ArrayList<>();
    private final List<VsmmuEvent> produced = new ArrayList<>();

    private final OfflineVsmmu vsmmu;
    private final HashChain chain = new HashChain();

    /** Hash of the last event that was read. */
    private byte[] previous;

    /** The recorded state after the events so far. */
    private VsmmuState then;

    private long refusals;
    private long timeMicros;
    private long from;
    private boolean marked;

    Run(Plan plan, LongConsumer passed, Optional<KeptLog> kept) {
      this.plan = plan;
      this.change = plan.request().change();
      this.passed = passed;
      this.kept = kept;
      this.queue = new ReplayedQueue(change.properties().isEmpty());
      this.then = states.before(plan.request().vsmmu().id(), plan.first());
      this.outputQueues =
          List.of(ReplayedOutputQueue.ofEvents(then), ReplayedOutputQueue.ofPageRequests(then));
      this.vsmmu = new OfflineVsmmu(host.objects(), this::take, then);
      this.previous = hashBefore(plan.first());
    }

    WhatIfResult result() {
      int id = plan.request().vsmmu().id();
      try (host) {
        kept.ifPresent(this::copyPast);
        host.resume(then);
        host.faults(change.faults());
        if (plan.first() > 0) {
          mark();
        }
        database.log().read(id, plan.first(), plan.last(), this::accept);
        conclude();
      }
      StateAtEvent end =
          states
              .at(id, LogPoint.position(lastPosition(id)))
              .found()
              .orElseThrow(() -> new IllegalStateException("the log has lost its end"));
      StateAtEvent other =
          new StateAtEvent(id, end.position(), end.sequence(), end.time(), vsmmu.state());
      return new WhatIfResult(
          change.text(),
          from,
          changes.recordedEvents(),
          changes.producedEvents(),
          changes.same(),
          changes.gone(),
          changes.added(),
          changes.different(),
          List.copyOf(refused),
          refusals,
          changes.operations(),
          StateDiff.between(end, other, true),
          plan.request().keep());
    }

    private byte[] hashBefore(long sequence) {
      return sequence == 0
          ? HashChain.genesis()
          : database.log().readPage(plan.request().vsmmu().id(), sequence - 1, 1).getFirst().hash();
    }

    /** A log that was tampered with is no answer to what would have happened. */
    private void verify(StoredEvent stored) {
      long origin = plan.request().vsmmu().originMicros();
      if (!Arrays.equals(stored.hash(), chain.next(previous, origin, stored))) {
        throw new RequestRefusedException(
            Kind.CONFLICT,
            "name",
            plan.request().vsmmu().name(),
            "a log whose hash chain is intact: this one is intact up to the event before position %d"
                .formatted(stored.position()));
      }
      previous = stored.hash();
    }

    private long lastPosition(int id) {
      return database.log().positionOf(id, plan.last()).orElse(0);
    }

    private void copyPast(KeptLog log) {
      if (plan.first() > 0) {
        database
            .log()
            .read(
                plan.request().vsmmu().id(),
                0,
                plan.first() - 1,
                event -> {
                  log.copy(event);
                  passed.accept(1);
                });
      }
    }

    /** Records that what follows did not happen. */
    private void mark() {
      marked = true;
      timeMicros = Math.max(timeMicros, kept.map(KeptLog::lastMicros).orElse(0L));
      vsmmu.submit(new Stimulus.ChangeInput("what if: " + change.text()));
      produced.clear();
    }

    private void take(long sequence, OptionalLong cause, VsmmuEvent event) {
      produced.add(event);
      kept.ifPresent(log -> log.add(sequence, timeMicros, cause, event));
    }

    private void accept(StoredEvent stored) {
      passed.accept(1);
      verify(stored);
      VsmmuEvent event = EventCodec.decode(stored.type(), stored.payload());
      if (from == 0) {
        from = stored.position();
      }
      timeMicros = Math.max(timeMicros, stored.timeMicros());
      if (event instanceof HostOutcomeReported outcome && outcome.decision() >= plan.first()) {
        recover(outcome);
      } else if (event instanceof StimulusEvent stimulus) {
        decide(stored, stimulus);
      }
      recorded.add(new Recorded(stored.position(), event));
      then = Vsmmu.evolve(then, event);
    }

    /**
     * Takes an outcome of the recorded host, for which the simulated one has answered. That of a
     * restart of the service, which took over its devices or bound them again, is repeated, unless
     * the host objects have other handles here.
     */
    private void recover(HostOutcomeReported outcome) {
      boolean attached =
          !recorded.isEmpty() && recorded.getFirst().event() instanceof DeviceAttached;
      boolean restart =
          outcome.operations().stream()
              .map(HostOperation::kind)
              .anyMatch(
                  kind ->
                      kind == HostOperation.Kind.ADOPT_DEVICE
                          || (kind == HostOperation.Kind.BIND_DEVICE && !attached));
      if (restart && then.nextHandle() == vsmmu.state().nextHandle()) {
        vsmmu.submit(
            new Stimulus.ReportHostOutcome(vsmmu.state().stimulus(), outcome.operations()));
      }
    }

    private void decide(StoredEvent stored, StimulusEvent event) {
      if (stored.sequence() == plan.leftOut()) {
        conclude();
        if (event instanceof CommandsConsumed slice) {
          queue.leaveOut(slice);
        }
        outputQueues.forEach(output -> output.reported(event, List.of()));
        return;
      }
      Optional<Stimulus> translated = queue.translated(event, vsmmu.state(), then);
      if (translated.isEmpty()) {
        // The rest of a slice that was consumed at once here: it belongs to the same access.
        return;
      }
      conclude();
      Stimulus stimulus = withProperties(translated.get());
      for (ReplayedOutputQueue output : outputQueues) {
        stimulus = output.translated(stimulus, vsmmu.state(), then);
      }
      VsmmuState before = vsmmu.state();
      host.prepare(stimulus);
      vsmmu.submit(stimulus).ifPresent(problem -> refused(stored, problem));
      queue.submitted(stimulus, before, vsmmu.state());
      outputQueues.forEach(output -> output.reported(event, produced));
      if (!marked) {
        List<VsmmuEvent> ofStimulus = List.copyOf(produced);
        mark();
        produced.addAll(ofStimulus);
      }
    }

    private void refused(StoredEvent stored, Problem problem) {
      refusals++;
      if (refused.size() < WhatIfLimits.REFUSED) {
        refused.add(
            new RefusedStimulus(
                stored.position(), EventCodec.nameOf(stored.type()), problem.refusal()));
      }
    }

    private Stimulus withProperties(Stimulus stimulus) {
      if (change.properties().isEmpty()) {
        return stimulus;
      }
      return switch (stimulus) {
        case Stimulus.Create create -> change.properties().applyTo(create);
        case Stimulus.AttachDevice attach ->
            change.properties().applyTo(attach, vsmmu.state().properties());
        default -> stimulus;
      };
    }

    /** Compares the events of the access before. */
    private void conclude() {
      if (!recorded.isEmpty()) {
        changes.compare(recorded, produced);
      }
      recorded.clear();
      produced.clear();
    }
  }
}
