package io.vsmmu.rest.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.host.apply.InvalidationCounters;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** Counts the requests to the host that the invalidations of all vSMMUs take. */
@Component
class HostMetrics implements MeterBinder {

  private final LiveVsmmus vsmmus;

  HostMetrics(LiveVsmmus vsmmus) {
    this.vsmmus = vsmmus;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(
        registry,
        "calls",
        "IOMMU_HWPT_INVALIDATE requests",
        InvalidationCounters::invalidationCalls);
    count(registry, "commands", "Commands in them", InvalidationCounters::invalidationCommands);
  }

  private void count(
      MeterRegistry registry,
      String name,
      String words,
      ToDoubleFunction<InvalidationCounters> value) {
    FunctionCounter.builder("vsmmu.host.invalidation." + name, vsmmus.counters(), value)
        .description(words)
        .register(registry);
  }
}
