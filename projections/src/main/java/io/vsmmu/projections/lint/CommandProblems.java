package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.lint.FindingReport.Occurrence;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what a guest does wrong with its command queue. */
final class CommandProblems implements CommandChecker {

  /**
   * Number of StreamIDs without a device for which occurrences are recorded; further ones are only
   * counted.
   */
  static final int STREAMS = 1024;

  /** Occurrences of one kind of problem: positions of the first and last, and their number. */
  private record Occurrences(long first, long last, long count) {
    Occurrences and(long position) {
      return new Occurrences(first, position, count + 1);
    }
  }

  private final FindingReport.Builder findings;

  /** By StreamID: CMD_CFGI_STE for a stream without a device. */
  @JsonProperty private SortedMap<Integer, Occurrences> deviceless = new TreeMap<>();

  /** Writes of CMDQ_PROD while the queue is stopped, null if there was none since it stopped. */
  @JsonProperty private @Nullable Occurrences ignored;

  /** Position of the event with which the queue stopped last. */
  @JsonProperty private long stoppedAt;

  CommandProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case CommandsConsumed it -> consumed(step, it);
      case CommandQueueFailed it -> refused(step, it);
      case GlobalErrorRaised it -> aborted(step, it);
      default -> {}
    }
    if (step.before().commandQueueStopped() && !step.after().commandQueueStopped()) {
      acknowledged(step.position());
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    acknowledged(null);
    deviceless.forEach(
        (sid, seen) ->
            findings.add(
                Rule.CFGI_WITHOUT_DEVICE,
                Rule.CFGI_WITHOUT_DEVICE.severity(),
                seen.first(),
                seen.last(),
                Hex.of(sid),
                null,
                seen.count(),
                "CMD_CFGI_STE for StreamID %s, which no device has, %s"
                    .formatted(Hex.of(sid), Times.text(seen.count())),
                List.of(seen.first(), seen.last())));
  }

  private void consumed(ObservedEvent step, CommandsConsumed it) {
    boolean rang = it.prod() != step.before().value(Register.CMDQ_PROD);
    if (rang && !consistent(step.before(), it.prod())) {
      findings.occurred(
          Rule.INCONSISTENT_PROD,
          Rule.INCONSISTENT_PROD.severity(),
          null,
          null,
          "",
          () ->
              "CMDQ_PROD went to %s where CMDQ_CONS is %s, further than a queue of %d entries allows"
                  .formatted(
                      Hex.of(it.prod()),
                      Hex.of(step.before().commandQueue().fetched()),
                      1 << step.before().commandQueueLog2Size()),
          step.position(),
          List.of(step.position()));
    }
    if (rang && step.before().commandQueueStopped()) {
      ignored =
          ignored == null
              ? new Occurrences(step.position(), step.position(), 1)
              : ignored.and(step.position());
    }
  }

  /**
   * Whether CMDQ_PROD and CMDQ_CONS are consistent. True for a queue of unknown size, as in a
   * recording that lacks its beginning.
   */
  private static boolean consistent(VsmmuState before, long prod) {
    int log2Size = before.commandQueueLog2Size();
    return before.value(Register.CMDQ_BASE) == 0
        || QueuePointer.normalise((int) prod, log2Size)
            .consistentWith(
                QueuePointer.normalise((int) before.commandQueue().fetched(), log2Size));
  }

  private void aborted(ObservedEvent step, GlobalErrorRaised it) {
    findings.occurred(
        Rule.WRITE_ABORTED,
        Rule.WRITE_ABORTED.severity(),
        null,
        it.error().name(),
        "",
        () -> "Guest memory could not be written: " + it.error(),
        step.position(),
        List.of(step.position()));
  }

  private void refused(ObservedEvent step, CommandQueueFailed it) {
    stoppedAt = step.position();
    Optional<CommandEntry> entry = entry(step, it.entry());
    String name = entry.map(CommandEntry::name).orElse("A command");
    findings.occurred(
        Rule.COMMAND_REFUSED,
        Rule.COMMAND_REFUSED.severity(),
        null,
        it.error().name(),
        name + "|" + it.detail(),
        () ->
            "%s was refused: %s (%s, CMDQ_CONS.ERR %d)%s"
                .formatted(
                    name,
                    it.detail(),
                    it.error(),
                    it.error().code(),
                    entry.map(CommandProblems::decoded).orElse("")),
        step.position(),
        List.of(step.stimulus(), step.position()));
  }

  private static Optional<CommandEntry> entry(ObservedEvent step, int index) {
    return step.stimulusEvent() instanceof CommandsConsumed slice
            && index >= 0
            && index < slice.entries().size()
        ? Optional.of(slice.entries().get(index))
        : Optional.empty();
  }

  /** The entry's fields that are not 0, behind its two words. */
  private static String decoded(CommandEntry entry) {
    String fields =
        entry.decoded().entrySet().stream()
            .filter(field -> field.getValue() != 0 && !field.getKey().equals("Opcode"))
            .map(field -> field.getKey() + " " + Hex.of(field.getValue()))
            .collect(Collectors.joining(", "));
    return "; the entry is %s %s%s"
        .formatted(
            Hex.of(entry.word0()), Hex.of(entry.word1()), fields.isEmpty() ? "" : ": " + fields);
  }

  private void acknowledged(@Nullable Long position) {
    Occurrences seen = ignored;
    if (seen != null) {
      findings.occurred(
          Rule.COMMANDS_AFTER_ERROR,
          Rule.COMMANDS_AFTER_ERROR.severity(),
          null,
          null,
          "",
          () -> "The guest wrote CMDQ_PROD while GERROR.CMDQ_ERR was not acknowledged",
          new Occurrence(
              seen.first(),
              position,
              seen.last(),
              seen.count(),
              List.of(stoppedAt, seen.first(), seen.last())));
    }
    ignored = null;
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (!commands.hasOthers()) {
      return;
    }
    for (int i = 0; i < commands.size(); i++) {
      if (commands.opcode(i) == CommandOpcode.CFGI_STE.code()) {
        ObservedCommand command = commands.at(i);
        if (command.complete() && command.command() instanceof ConfigInvalidation.Ste it) {
          configured(step, it.sid());
        }
      }
    }
  }

  private void configured(ObservedEvent step, int sid) {
    VsmmuState state = step.before();
    // A recording may not show devices at all; then a stream without one means nothing.
    boolean devicesKnown = state.origin() == Origin.LIVE || !state.devices().isEmpty();
    if (!devicesKnown || state.devices().containsKey(sid)) {
      return;
    }
    Occurrences seen = deviceless.get(sid);
    if (seen != null) {
      deviceless.put(sid, seen.and(step.position()));
    } else if (deviceless.size() < STREAMS) {
      deviceless.put(sid, new Occurrences(step.position(), step.position(), 1));
    } else {
      findings.skip(Rule.CFGI_WITHOUT_DEVICE);
    }
  }
}
