package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A host that carries out everything, unless a test makes it fail. */
final class ScriptedHost implements HostApplier {

  private static final int EIO = 5;

  private final List<Decided> applied = new ArrayList<>();
  private int failingEntry = -1;
  private boolean throwing;

  /** The next invalidations fail at this entry. */
  synchronized void failsAt(int entry) {
    failingEntry = entry;
  }

  synchronized void throwsOnce() {
    throwing = true;
  }

  synchronized List<Long> applied() {
    return applied.stream().map(Decided::sequence).toList();
  }

  @Override
  public synchronized Optional<ReportHostOutcome> apply(Decided decided) {
    if (throwing) {
      throwing = false;
      throw new IllegalStateException("host broke");
    }
    if (!decided.concernsHost()) {
      return Optional.empty();
    }
    applied.add(decided);
    List<HostOperation> operations = new ArrayList<>();
    if (decided.events().getFirst() instanceof CommandsConsumed consumed
        && !consumed.forwarded().isEmpty()) {
      int failed = failingEntry;
      failingEntry = -1;
      operations.add(
          new HostOperation(
              Kind.INVALIDATE,
              3,
              0,
              -1,
              0,
              consumed.forwarded().cardinality(),
              0,
              failed < 0 ? 0 : EIO,
              failed));
    }
    return Optional.of(new ReportHostOutcome(decided.sequence(), operations));
  }
}
