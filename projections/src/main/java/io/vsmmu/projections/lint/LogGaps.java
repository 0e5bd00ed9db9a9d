package io.vsmmu.projections.lint;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import java.util.Set;

/**
 * Finds out whether the log lacks commands of the guest: a recording with lines that could not be
 * attributed or read, one that skips entries of the queue, a command without its operands, a queue
 * that the hardware reads itself. A rule that reports the absence of a command is then silent
 * ({@link Rule#needsWholeLog}).
 */
final class LogGaps implements CommandChecker {

  private final FindingReport.Builder findings;

  LogGaps(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(HardwareQueueAllocated.class, RecordingFinished.class, CommandsConsumed.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    boolean gap =
        switch (step.event()) {
          case HardwareQueueAllocated _ -> true;
          case RecordingFinished it -> !it.complete();
          case CommandsConsumed it -> skipsEntries(step.before(), it);
          default -> false;
        };
    if (gap) {
      findings.gap();
    }
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (commands.complete()) {
      return;
    }
    for (int i = 0; i < commands.size(); i++) {
      if (!commands.at(i).complete()) {
        findings.gap();
      }
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  /** Whether a recorded slice begins at another entry than the one after the last slice. */
  private static boolean skipsEntries(VsmmuState before, CommandsConsumed slice) {
    long from = slice.recorded().map(RecordedConsumption::from).orElse(RecordedConsumption.GOES_ON);
    if (from == RecordedConsumption.GOES_ON) {
      return false;
    }
    int log2Size = before.commandQueueLog2Size();
    return !QueuePointer.normalise((int) from, log2Size)
        .equals(QueuePointer.normalise((int) before.commandQueue().fetched(), log2Size));
  }
}
