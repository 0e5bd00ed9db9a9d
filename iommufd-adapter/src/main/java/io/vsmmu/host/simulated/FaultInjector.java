package io.vsmmu.host.simulated;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuCall;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts calls and decides which of them fail. Not thread-safe: the host's lock protects it. */
final class FaultInjector {

  private final FaultPlan plan;
  private final Map<IommuCall, Long> callsOf = new EnumMap<>(IommuCall.class);
  private final Set<FaultRule> spent = new HashSet<>();
  private final List<RefusedCommand> refused = new ArrayList<>();
  private long calls;
  private long injected;

  /** A command that is refused until it has been refused in a batch of its own. */
  private record RefusedCommand(long word0, long word1, Errno errno) {

    static RefusedCommand of(InvalidationBatch batch, int index, Errno errno) {
      return new RefusedCommand(batch.word0(index), batch.word1(index), errno);
    }

    int indexIn(InvalidationBatch batch) {
      for (int index = 0; index < batch.size(); index++) {
        if (batch.word0(index) == word0 && batch.word1(index) == word1) {
          return index;
        }
      }
      return -1;
    }
  }

  /**
   * A fault of one command within an invalidation batch.
   *
   * @param entry index of the command within the batch, from 0
   * @param errno what the kernel gives for it
   */
  record EntryFault(int entry, Errno errno) {}

  FaultInjector(FaultPlan plan) {
    this.plan = plan;
  }

  /** Counts a call, and returns the errno with which it fails; empty when it does not fail. */
  Optional<Errno> call(IommuCall operation) {
    if (!operation.canFail()) {
      return Optional.empty();
    }
    // The number of polls depends on timing, and must not change the numbers of the other calls.
    calls += operation.waits() ? 0 : 1;
    long ofOperation = callsOf.merge(operation, 1L, Long::sum);
    for (FaultRule rule : plan.rules()) {
      if (hits(rule, operation, ofOperation)) {
        injected++;
        return Optional.of(rule.errno());
      }
    }
    return Optional.empty();
  }

  /** The first fault of a command of the batch; null when there is none. */
  @Nullable EntryFault entryFault(InvalidationBatch batch) {
    for (FaultRule rule : plan.rules()) {
      if (rule instanceof FaultRule.Entry(int entry, Errno errno, boolean always)
          && entry < batch.size()
          && (always || spent.add(rule))) {
        if (always) {
          injected++;
          return new EntryFault(entry, errno);
        }
        refused.add(RefusedCommand.of(batch, entry, errno));
      }
    }
    return refused(batch);
  }

  private @Nullable EntryFault refused(InvalidationBatch batch) {
    Optional<RefusedCommand> first =
        refused.stream()
            .filter(command -> command.indexIn(batch) >= 0)
            .min(Comparator.comparingInt(command -> command.indexIn(batch)));
    if (first.isEmpty()) {
      return null;
    }
    injected++;
    if (batch.size() == 1) {
      refused.remove(first.get());
    }
    return new EntryFault(first.get().indexIn(batch), first.get().errno());
  }

  long calls() {
    return calls;
  }

  long injected() {
    return injected;
  }

  private boolean hits(FaultRule rule, IommuCall operation, long ofOperation) {
    return switch (rule) {
      case FaultRule.Every every -> !operation.waits() && calls % every.n() == 0;
      case FaultRule.Call call -> !operation.waits() && reached(calls, call.n(), call.always());
      case FaultRule.Operation named ->
          named.operation() == operation && reached(ofOperation, named.n(), named.always());
      case FaultRule.Entry entry -> false;
    };
  }

  private static boolean reached(long count, int n, boolean always) {
    return always ? count >= n : count == n;
  }
}
