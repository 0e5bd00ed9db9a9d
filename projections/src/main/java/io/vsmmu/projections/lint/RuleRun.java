package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Passes the events of one vSMMU's log to all checkers, with one event in memory at a time and a
 * bounded number of findings per rule. It can be encoded between any two events and continue from
 * there. Not thread-safe.
 */
final class RuleRun {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * How far the run is: the number of events, the position of the last one, and the position of the
   * last stimulus event.
   */
  private static final class Progress {
    @JsonProperty private long events;
    @JsonProperty private long position;
    @JsonProperty private long stimulus;

    /** The number of events before the part of a log that was imported. */
    @JsonProperty private long notInLog;
  }

  /** By type of event, the indexes of the checkers that observe it. */
  private static final Map<Class<?>, int[]> OBSERVERS = new ConcurrentHashMap<>();

  private final Progress progress = new Progress();
  private final FindingReport.Builder findings = new FindingReport.Builder();
  private final List<RuleChecker> checkers =
      List.of(
          new LogGaps(findings),
          new BypassWindows(findings),
          new SteUpdateWindows(findings),
          new StaleStes(findings),
          new CommandProblems(findings),
          new UnsyncedCommands(findings),
          new ChangedTranslations(findings),
          new FaultedInvalidations(findings),
          new MissingAtcInvalidations(findings),
          new SubstreamProblems(findings),
          new StreamTableProblems(findings),
          new FaultProblems(findings),
          new OutputQueueProblems(findings),
          new LeftoverState(findings),
          new InvalidationCosts(findings),
          new SplitRanges(findings),
          new HostProblems(findings),
          new BlindIntervals(findings),
          new RecordingProblems(findings));
  private final RuleChecker[] inOrder = checkers.toArray(RuleChecker[]::new);
  private final CommandChecker[] commandCheckers =
      checkers.stream()
          .filter(CommandChecker.class::isInstance)
          .map(CommandChecker.class::cast)
          .toArray(CommandChecker[]::new);

  /** The last stimulus event, null before the first one. */
  private @Nullable LogEvent stimulus;

  /** Number of events observed, which is the sequence of the next one. */
  long events() {
    return progress.events;
  }

  /**
   * Passes the next event to the checkers.
   *
   * @param before state before the event
   * @param after state after the event
   */
  void observe(LogEvent event, VsmmuState before, VsmmuState after) {
    if (event.event() instanceof StimulusEvent) {
      stimulus = event;
      progress.stimulus = event.position();
    }
    if (event.event() instanceof PartImported) {
      progress.notInLog = event.sequence();
    }
    ObservedEvent step = new ObservedEvent(event, before, after, stimulus);
    for (int index : observers(event.event().getClass())) {
      inOrder[index].observe(step);
    }
    if (event.event() instanceof CommandsConsumed slice) {
      ObservedCommands commands = ObservedCommands.of(slice);
      for (CommandChecker checker : commandCheckers) {
        checker.commands(step, commands);
      }
    }
    progress.position = event.position();
    progress.events = after.events();
  }

  /** The indexes of the checkers that observe events of a type, which are the same in every run. */
  private int[] observers(Class<?> type) {
    int[] known = OBSERVERS.get(type);
    return known == null ? OBSERVERS.computeIfAbsent(type, this::findObservers) : known;
  }

  private int[] findObservers(Class<?> type) {
    return IntStream.range(0, inOrder.length)
        .filter(
            index -> {
              Set<Class<? extends VsmmuEvent>> observed = inOrder[index].observed();
              return observed.isEmpty() || observed.contains(type);
            })
        .toArray();
  }

  /**
   * The findings so far. Nothing can be observed afterwards.
   *
   * @param last state after the last event
   */
  FindingReport report(VsmmuState last) {
    if (progress.events > 0) {
      checkers.forEach(checker -> checker.finish(last, progress.position));
    }
    return findings.build(progress.events - progress.notInLog);
  }

  /** The state of the run as JSON, for a checkpoint. */
  byte[] encode() {
    ObjectNode parts = JSON.createObjectNode();
    parts().forEach((name, part) -> parts.set(name, JSON.valueToTree(part)));
    return JSON.writeValueAsBytes(parts);
  }

  /**
   * A run that continues from a checkpoint; empty if that cannot be read.
   *
   * @param events gives the event at a position
   */
  static Optional<RuleRun> decode(byte[] encoded, LongFunction<Optional<LogEvent>> events) {
    RuleRun run = new RuleRun();
    try {
      JsonNode parts = JSON.readTree(encoded);
      for (Map.Entry<String, Object> part : run.parts().entrySet()) {
        JSON.readerForUpdating(part.getValue()).readValue(parts.path(part.getKey()));
      }
    } catch (JacksonException unreadable) {
      return Optional.empty();
    }
    run.stimulus = events.apply(run.progress.stimulus).orElse(null);
    return Optional.of(run);
  }

  /** The objects whose fields are encoded, by their keys in the checkpoint. */
  Map<String, Object> parts() {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("progress", progress);
    parts.put("findings", findings);
    checkers.forEach(checker -> parts.put(checker.getClass().getSimpleName(), checker));
    return parts;
  }
}
