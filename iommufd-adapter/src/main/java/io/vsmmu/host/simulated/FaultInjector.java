package io.vsmmu.host.simulated;

import io.vsmmu.host.Errno;
import io.vsmmu.host.HostOperation;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts calls and says which fail. Not safe for use by several threads on its own. */
final class FaultInjector {

  private final FaultPlan plan;
  private final Map<HostOperation, Long> callsOf = new EnumMap<>(HostOperation.class);
  private final Set<FaultRule> spent = new HashSet<>();
  private long calls;
  private long injected;

  FaultInjector(FaultPlan plan) {
    this.plan = plan;
  }

  /** Counts a call; the errno with which it fails, if it does. */
  Optional<Errno> call(HostOperation operation) {
    if (!operation.canFail()) {
      return Optional.empty();
    }
    // How often a queue is polled is chance, and must not move the others' numbers.
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

  /** The fault within an invalidation batch of this size, if there is one. */
  @Nullable EntryFault entryFault(int size) {
    for (FaultRule rule : plan.rules()) {
      if (rule instanceof FaultRule.Entry(int entry, Errno errno, boolean always)
          && entry < size
          && (always || spent.add(rule))) {
        injected++;
        return new EntryFault(entry, errno);
      }
    }
    return null;
  }

  long calls() {
    return calls;
  }

  long injected() {
    return injected;
  }

  private boolean hits(FaultRule rule, HostOperation operation, long ofOperation) {
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
