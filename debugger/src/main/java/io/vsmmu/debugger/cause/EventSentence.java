package io.vsmmu.debugger.cause;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an event did, in one sentence, for a row in a list of events. It is made of the event alone,
 * without the state before it, so that a list needs no fold; {@link CausalChains} says more.
 */
public final class EventSentence {

  /** Most parts (commands, host operations, calls, records) that a sentence names each. */
  static final int PARTS = 3;

  /** Most characters of a sentence; a longer one ends in "...". */
  static final int CHARACTERS = 240;

  private EventSentence() {}

  /** The sentence, at most {@value #CHARACTERS} characters, without a full stop. */
  public static String of(VsmmuEvent event) {
    String text = sentence(event);
    return text.length() <= CHARACTERS ? text : text.substring(0, CHARACTERS - 3) + "...";
  }

  private static String sentence(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed it -> commands(it);
      case StreamConfigured it -> configured(it);
      case HostOutcomeReported it -> outcome(it);
      case HostCallsObserved it when !it.calls().isEmpty() ->
          calls(it.calls()) + " called by the recorded VMM";
      case RegisterReadsObserved it when !it.reads().isEmpty() ->
          "the guest reads " + reads(it.reads());
      case FaultsReported it when !it.records().isEmpty() -> faults(it) + lost(it);
      case RegisterWritten it -> written(it);
      default ->
          EventSteps.of(event, VsmmuState.ABSENT).stream()
              .findFirst()
              .map(EventSteps.Step::text)
              .orElse("nothing");
    };
  }

  private static String written(RegisterWritten it) {
    String register =
        Register.at(it.offset(), it.width())
            .map(access -> access.register().name())
            .orElse("offset " + Hex.of(it.offset()));
    String effect =
        it.verdict() == RegisterWritten.Verdict.TAKEN
            ? ""
            : ", without effect: " + EventSteps.lower(it.verdict());
    return "the guest writes %s to %s%s".formatted(Hex.of(it.value()), register, effect);
  }

  private static String commands(CommandsConsumed it) {
    int count = it.entries().size();
    if (count == 0) {
      return it.fetchFault()
          ? "an entry of the command queue cannot be read"
          : "CMDQ_PROD is written with %s, no command is fetched".formatted(Hex.of(it.prod()));
    }
    if (count > PARTS) {
      return "%d commands: %s"
          .formatted(count, counted(IntStream.range(0, count).mapToObj(i -> name(it, i)).toList()));
    }
    return IntStream.range(0, count)
        .mapToObj(i -> CommandText.operands(it, i))
        .collect(Collectors.joining(", "));
  }

  private static String name(CommandsConsumed it, int index) {
    CommandEntry known = CommandView.knownBits(it.known(), index);
    return String.valueOf(CommandView.of(index, it.entries().get(index), known).get("name"));
  }

  private static String configured(StreamConfigured it) {
    String effect =
        it.configuration() == it.effective() ? "" : ", in effect " + it.effective().name();
    String fault =
        it.fault() == 0
            ? ""
            : "; a transaction causes "
                + EventType.of(it.fault()).map(EventType::name).orElse("event " + it.fault());
    return "StreamID %s: %s%s, because of %s%s"
        .formatted(Hex.of(it.streamId()), it.configuration(), effect, it.reason(), fault);
  }

  private static String outcome(HostOutcomeReported it) {
    List<HostOperation> failed = it.operations().stream().filter(op -> !op.succeeded()).toList();
    String operations =
        it.operations().isEmpty()
            ? "the host is done"
            : failed.isEmpty()
                ? counted(it.operations().stream().map(op -> op.kind().name()).toList()) + " done"
                : "the host refuses "
                    + joined(
                        failed.stream().map(op -> op.kind() + " with " + op.errnoText()).toList());
    return it.completes()
        ? "%s; CMDQ_CONS moves to index %s"
            .formatted(operations, Hex.of(TableFields.RD.get(it.cons())))
        : operations;
  }

  private static String calls(List<RecordedHostCall> calls) {
    return joined(
        calls.stream()
            .map(call -> call.failed() ? call.name() + " (" + call.failure() + ")" : call.name())
            .toList());
  }

  private static String reads(List<RegisterRead> reads) {
    return joined(
        reads.stream()
            .map(
                read ->
                    "%s from %s"
                        .formatted(
                            Hex.of(read.value()),
                            Register.at(read.offset(), read.width())
                                .map(access -> access.register().name())
                                .orElse("offset " + Hex.of(read.offset()))))
            .toList());
  }

  private static String faults(FaultsReported it) {
    return joined(it.records().stream().map(EventSteps::recordText).toList());
  }

  private static String lost(FaultsReported it) {
    int kept = it.queued();
    int records = it.records().size();
    return kept < records
        ? "; the guest's event queue takes %d of %d".formatted(kept, records)
        : "";
  }

  /** Names with how often each occurs, in the order of their first one. */
  private static String counted(List<String> names) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    names.forEach(name -> counts.merge(name, 1, Integer::sum));
    return joined(
        counts.entrySet().stream()
            .map(it -> it.getValue() == 1 ? it.getKey() : it.getValue() + " " + it.getKey())
            .toList());
  }

  private static String joined(List<String> parts) {
    String named = parts.stream().limit(PARTS).collect(Collectors.joining(", "));
    int more = parts.size() - PARTS;
    return more > 0 ? "%s and %d more".formatted(named, more) : named;
  }
}
