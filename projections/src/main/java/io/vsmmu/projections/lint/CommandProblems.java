package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds what a guest does wrong with its command queue. */
final class CommandProblems implements RuleChecker {

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
      case StreamConfigured it when it.reason() == Reason.CFGI_STE -> configured(step, it);
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
                seen.first(),
                seen.last(),
                Hex.of(sid),
                null,
                "CMD_CFGI_STE for StreamID %s, which no device has, %d times"
                    .formatted(Hex.of(sid), seen.count()),
                List.of(seen.first(), seen.last())));
  }

  private void consumed(ObservedEvent step, CommandsConsumed it) {
    boolean rang = it.prod() != step.before().value(Register.CMDQ_PROD);
    if (rang && !consistent(step.before(), it.prod())) {
      findings.add(
          Rule.INCONSISTENT_PROD,
          step.position(),
          step.position(),
          null,
          null,
          "CMDQ_PROD went to %s where CMDQ_CONS is %s, further than a queue of %d entries allows"
              .formatted(
                  Hex.of(it.prod()),
                  Hex.of(step.before().commandQueue().fetched()),
                  1 << step.before().commandQueueLog2Size()),
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
    findings.add(
        Rule.WRITE_ABORTED,
        step.position(),
        step.position(),
        null,
        it.error().name(),
        "Guest memory could not be written: " + it.error(),
        List.of(step.position()));
  }

  private void refused(ObservedEvent step, CommandQueueFailed it) {
    stoppedAt = step.position();
    findings.add(
        Rule.COMMAND_REFUSED,
        step.position(),
        step.position(),
        null,
        it.error().name(),
        "%s was refused: %s (%s)".formatted(commandName(step, it.entry()), it.detail(), it.error()),
        List.of(step.stimulus(), step.position()));
  }

  private static String commandName(ObservedEvent step, int entry) {
    return step.stimulusEvent() instanceof CommandsConsumed slice && entry < slice.entries().size()
        ? slice.entries().get(entry).name()
        : "A command";
  }

  private void acknowledged(@Nullable Long position) {
    Occurrences seen = ignored;
    if (seen != null) {
      findings.add(
          Rule.COMMANDS_AFTER_ERROR,
          seen.first(),
          position,
          null,
          null,
          "The guest wrote CMDQ_PROD %d times while GERROR.CMDQ_ERR was not acknowledged"
              .formatted(seen.count()),
          List.of(stoppedAt, seen.first(), seen.last()));
    }
    ignored = null;
  }

  private void configured(ObservedEvent step, StreamConfigured it) {
    VsmmuState state = step.after();
    // A recording may not show devices at all; then a stream without one means nothing.
    boolean devicesKnown = state.origin() == Origin.LIVE || !state.devices().isEmpty();
    if (!devicesKnown || state.devices().containsKey(it.streamId())) {
      return;
    }
    Occurrences seen = deviceless.get(it.streamId());
    if (seen != null) {
      deviceless.put(it.streamId(), seen.and(step.position()));
    } else if (deviceless.size() < STREAMS) {
      deviceless.put(it.streamId(), new Occurrences(step.position(), step.position(), 1));
    } else {
      findings.skip(Rule.CFGI_WITHOUT_DEVICE);
    }
  }
}
