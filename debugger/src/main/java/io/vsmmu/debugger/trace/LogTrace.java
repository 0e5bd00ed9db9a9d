package io.vsmmu.debugger.trace;

import io.vsmmu.db.log.Micros;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a part of a vSMMU's log as a trace. A doorbell is a span of the command queue until the
 * last of its host calls has ended, or, where that was not measured, until their outcome is in the
 * log; arrows lead from it to the host and to the streams that it configured. Measured host calls
 * are spans with their durations. Arguments are the event's content with its position. Not
 * thread-safe.
 */
public final class LogTrace {

  private static final String TO_HOST = "applied by the host";
  private static final String HARDWARE_QUEUE = "hardware queue";
  private static final String TO_STREAM = "configures a stream";
  private static final long NANOS_PER_MICRO = 1000;

  private final TraceWriter trace;
  private final StreamRows streams;
  private final LongFunction<@Nullable Long> positions;

  /** Positions of the last events by their sequences: a cause is most often among them. */
  private final Map<Long, Long> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > TraceLimits.RECENT_EVENTS;
        }
      };

  private final Set<Integer> hardwareQueues = new TreeSet<>();
  private @Nullable Doorbell doorbell;
  private long queueFree;

  /** Nanoseconds since 1970. */
  private long hostFree;

  private long now;

  /**
   * Begins a trace.
   *
   * @param out not closed here
   * @param process number of the vSMMU, which distinguishes it in a trace of several
   * @param before the state before the first event
   * @param timeMicros time of the first event
   * @param positions finds the position of an event of the log by its sequence; null if the log
   *     does not contain it
   */
  public LogTrace(
      OutputStream out,
      int process,
      String name,
      VsmmuState before,
      long timeMicros,
      LongFunction<@Nullable Long> positions) {
    this.trace = new TraceWriter(out, process);
    this.positions = positions;
    this.streams = new StreamRows(trace);
    this.now = timeMicros;
    trace.processName("vSMMU " + name);
    for (Lane lane : Lane.values()) {
      trace.row(lane.number(), lane.title());
    }
    begin(before);
  }

  /** Begins the spans of what is open in the state before the first event. */
  private void begin(VsmmuState state) {
    for (StreamState stream : state.streams().values()) {
      streams.begin(stream.streamId(), stream.effective().name(), now, Map.of());
    }
    state.hardwareQueues().forEach(queue -> blindFromNow(queue.index(), Map.of()));
  }

  /**
   * A doorbell whose span has not ended.
   *
   * @param began its beginning in the trace, behind the end of the one before
   */
  private record Doorbell(long sequence, String name, long began) {}

  /** Adds the next event of the log. */
  public void add(LogEvent event) {
    // A clock that was set back does not make rows overlap.
    now = Math.max(now, Micros.of(event.time()));
    recent.put(event.sequence(), event.position());
    Map<String, @Nullable Object> arguments = arguments(event);
    switch (event.event()) {
      case RegisterWritten it -> instant(Lane.GUEST, written(it), arguments);
      case RegisterReadsObserved it -> instant(Lane.GUEST, it.reads().size() + " reads", arguments);
      case CommandsConsumed it -> consumed(event.sequence(), it, arguments);
      case HostOutcomeReported it -> outcome(event, it, arguments);
      case StreamConfigured it -> configured(event.sequence(), event.cause(), it, arguments);
      case HostCallsObserved it -> recorded(it, arguments);
      case HostFailed it -> instant(Lane.FAULTS, "host: " + failed(it.operation()), arguments);
      case CommandQueueFailed it -> instant(Lane.FAULTS, it.error().name(), arguments);
      case GlobalErrorRaised it -> instant(Lane.FAULTS, it.error().name(), arguments);
      case FaultsReported it -> instant(Lane.FAULTS, it.records().size() + " faults", arguments);
      case PageRequestsReported it ->
          instant(Lane.FAULTS, it.records().size() + " page requests", arguments);
      case TranslationObserved it ->
          instant(Lane.HOST, "translation of " + Hex.of(it.iova()), arguments);
      case LinesKept it ->
          instant(
              Lane.BLIND,
              it.lines().size() + (it.unattributed() ? " lines not attributed" : " other lines"),
              arguments);
      case HardwareQueueAllocated it -> blindFromNow(it.index(), arguments);
      case HardwareQueueFreed it -> blindUntilNow(it.index(), arguments);
      case HardwareQueueClosed it -> blindUntilNow(it.index(), arguments);
      case VsmmuCreated _,
          VsmmuDeleted _,
          VsmmuReset _,
          VsmmuPaused _,
          VsmmuResumed _,
          DeviceAttached _,
          DeviceDetached _,
          IdentityResolved _,
          VmmConnected _,
          VmmDisconnected _,
          MemoryMapped _,
          MemoryUnmapped _,
          RecordingFinished _,
          InputChanged _ ->
          instant(Lane.OPERATORS, event.type(), arguments);
      case PartImported it -> {
        instant(Lane.OPERATORS, event.type(), arguments);
        begin((VsmmuState) it.state());
      }
    }
  }

  private @Nullable Long positionOf(@Nullable Long sequence) {
    if (sequence == null) {
      return null;
    }
    Long known = recent.get(sequence);
    return known == null ? positions.apply(sequence) : known;
  }

  private Map<String, @Nullable Object> arguments(LogEvent event) {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    arguments.put("position", event.position());
    arguments.put("sequence", event.sequence());
    arguments.put("cause", positionOf(event.cause()));
    arguments.put("subject", event.subject());
    arguments.put("type", event.type());
    arguments.put("data", EventView.brief(event.event()));
    return arguments;
  }

  private void instant(Lane lane, String name, Map<String, @Nullable Object> arguments) {
    // The last span of the host may end behind the time of its event.
    long time = lane == Lane.HOST ? Math.max(now, hostFreeMicros()) : now;
    trace.instant(lane.number(), name, time, arguments);
  }

  private static String written(RegisterWritten it) {
    String register =
        Register.at(it.offset(), it.width())
            .map(access -> access.register().name())
            .orElse("offset " + Hex.of(it.offset()));
    return register + " = " + Hex.of(it.value());
  }

  private void consumed(
      long sequence, CommandsConsumed it, Map<String, @Nullable Object> arguments) {
    endDoorbell();
    Doorbell rung = new Doorbell(sequence, commands(it), Math.max(now, queueFree));
    doorbell = rung;
    trace.begin(Lane.QUEUE.number(), rung.name, rung.began, arguments);
    if (!it.awaitsHost() && it.forwarded().isEmpty()) {
      endDoorbell();
    }
  }

  private static String commands(CommandsConsumed it) {
    Map<String, Long> names =
        it.entries().stream()
            .limit(EventView.PARTS_IN_LISTS)
            .collect(
                Collectors.groupingBy(
                    entry -> entry.name(), LinkedHashMap::new, Collectors.counting()));
    String text =
        names.entrySet().stream()
            .map(name -> name.getKey() + (name.getValue() > 1 ? " x" + name.getValue() : ""))
            .collect(Collectors.joining(", "));
    int more = it.entries().size() - EventView.PARTS_IN_LISTS;
    return more > 0 ? text + " and " + more + " more" : text;
  }

  /** Ends the span of the doorbell, if there is one, now. */
  private void endDoorbell() {
    endDoorbell(now);
  }

  private void endDoorbell(long at) {
    Doorbell open = doorbell;
    if (open != null) {
      queueFree = Math.max(at, open.began + 1);
      trace.end(Lane.QUEUE.number(), open.name, queueFree);
      doorbell = null;
    }
  }

  /**
   * Adds the calls of an outcome. No arrow leads from a doorbell to what the service did of itself
   * after a restart, even though its outcome names the newest decision.
   */
  private void outcome(
      LogEvent event, HostOutcomeReported it, Map<String, @Nullable Object> arguments) {
    Doorbell open =
        doorbell != null && doorbell.sequence == it.decision() && event.cause() != null
            ? doorbell
            : null;
    boolean timed = it.operations().stream().anyMatch(HostOperation::timed);
    long began = timed ? it.beganMicros() : now;
    long from = Math.max(open == null ? began : Math.max(began, open.began), hostFreeMicros());
    String restart = event.ofRestart() ? "restart: " : "";
    if (timed) {
      measured(it, from, restart, arguments, open);
    } else {
      trace.slice(Lane.HOST.number(), restart + operations(it), from, 1, arguments);
      arrow(open, it, from * NANOS_PER_MICRO);
      hostFree = (from + 1) * NANOS_PER_MICRO;
    }
    if (open != null) {
      endDoorbell(it.endedMicros().orElse(now));
    }
  }

  /** The first microsecond that is behind the last span of the host. */
  private long hostFreeMicros() {
    return (hostFree + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
  }

  /** An arrow from a doorbell to the span of the host that was written last, if there is one. */
  private void arrow(@Nullable Doorbell from, HostOutcomeReported it, long nanos) {
    if (from != null) {
      trace.flowFrom(Lane.QUEUE.number(), TO_HOST, it.decision(), from.began);
      trace.flowToMeasured(Lane.HOST.number(), TO_HOST, it.decision(), nanos);
    }
  }

  /** Adds one span for each measured call; the first has the content of the event. */
  private void measured(
      HostOutcomeReported it,
      long from,
      String restart,
      Map<String, @Nullable Object> argumentsOfFirst,
      @Nullable Doorbell doorbellOfFirst) {
    long later = Math.max(0, from - it.beganMicros()) * NANOS_PER_MICRO;
    Map<String, @Nullable Object> arguments = argumentsOfFirst;
    Doorbell open = doorbellOfFirst;
    for (HostOperation operation : it.operations()) {
      if (operation.timed()) {
        long began =
            Math.max(hostFree, it.beganMicros() * NANOS_PER_MICRO + later + operation.beganNanos());
        String name = operation.succeeded() ? operation.kind().name() : failed(operation);
        trace.measured(Lane.HOST.number(), restart + name, began, operation.tookNanos(), arguments);
        arrow(open, it, began);
        hostFree = began + operation.tookNanos();
        arguments = Map.of("decision", it.decision());
        open = null;
      }
    }
  }

  /** Adds the calls of a recorded VMM, each at its time if the recording has times. */
  private void recorded(HostCallsObserved it, Map<String, @Nullable Object> arguments) {
    List<RecordedHostCall> timed =
        it.calls().stream().filter(call -> call.timeMicros() != RecordedHostCall.NO_TIME).toList();
    if (timed.size() < it.calls().size()) {
      instant(Lane.HOST, it.calls().size() + " recorded calls", arguments);
      return;
    }
    Map<String, @Nullable Object> first = arguments;
    for (RecordedHostCall call : timed) {
      String name = call.failed() ? call.name() + ": " + call.failure() : call.name();
      long time = Math.max(call.timeMicros(), hostFreeMicros());
      trace.instant(Lane.HOST.number(), name, time, first);
      hostFree = time * NANOS_PER_MICRO;
      first = Map.of("line", call.line());
    }
  }

  private static String operations(HostOutcomeReported it) {
    return it.operations().stream()
        .limit(EventView.PARTS_IN_LISTS)
        .map(operation -> operation.succeeded() ? operation.kind().name() : failed(operation))
        .collect(Collectors.groupingBy(name -> name, LinkedHashMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(name -> name.getKey() + (name.getValue() > 1 ? " x" + name.getValue() : ""))
        .collect(Collectors.joining(", "));
  }

  private static String failed(HostOperation operation) {
    return operation.kind() + " " + operation.errnoText();
  }

  private void configured(
      long sequence,
      @Nullable Long cause,
      StreamConfigured it,
      Map<String, @Nullable Object> arguments) {
    Doorbell open =
        doorbell != null && cause != null && doorbell.sequence == cause ? doorbell : null;
    long time = open == null ? now : Math.max(now, open.began);
    OptionalLong began = streams.begin(it.streamId(), it.effective().name(), time, arguments);
    if (began.isPresent() && open != null) {
      trace.flowFrom(Lane.QUEUE.number(), TO_STREAM, sequence, open.began);
      trace.flowTo(streams.row(it.streamId()), TO_STREAM, sequence, began.getAsLong());
    }
  }

  private void blindFromNow(int index, Map<String, @Nullable Object> arguments) {
    hardwareQueues.add(index);
    trace.beginApart(Lane.BLIND.number(), HARDWARE_QUEUE, index, now, arguments);
  }

  private void blindUntilNow(int index, Map<String, @Nullable Object> arguments) {
    if (hardwareQueues.remove(index)) {
      trace.endApart(Lane.BLIND.number(), HARDWARE_QUEUE, index, now, arguments);
    } else {
      instant(Lane.BLIND, HARDWARE_QUEUE + " " + index + " ends", arguments);
    }
  }

  /**
   * Says that the trace ends here although the log does not.
   *
   * @param sequence of the event that is missing or cannot be decoded
   */
  void damaged(long sequence, String problem) {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    arguments.put("sequence", sequence);
    arguments.put("problem", problem);
    instant(Lane.BLIND, "the log is damaged from here on", arguments);
  }

  /** Ends the trace and flushes the stream. */
  public void finish() {
    endDoorbell();
    streams.finish(now);
    hardwareQueues.forEach(
        index -> trace.endApart(Lane.BLIND.number(), HARDWARE_QUEUE, index, now, Map.of()));
    trace.finish();
  }
}
