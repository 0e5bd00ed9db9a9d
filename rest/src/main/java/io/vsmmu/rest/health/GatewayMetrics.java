package io.vsmmu.rest.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.GatewayCounters.Counts;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** Counts the requests of VMMs to all vSMMUs. */
@Component
class GatewayMetrics implements MeterBinder {

  private final VmmSockets sockets;

  GatewayMetrics(VmmSockets sockets) {
    this.sockets = sockets;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "register.reads", "Register reads of guests", Counts::registerReads);
    count(registry, "register.writes", "Register writes of guests", Counts::registerWrites);
    count(registry, "slices", "Slices of command queues", Counts::slices);
    count(registry, "entries", "Command queue entries in them", Counts::entries);
    count(registry, "messages", "MSIs, those of CMD_SYNC included", Counts::msis);
    count(registry, "interrupts", "Edges of INTx", Counts::intxEdges);
  }

  private void count(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Counts> value) {
    GatewayCounters counters = sockets.counters();
    FunctionCounter.builder("vsmmu.gateway." + name, counters, c -> value.applyAsDouble(c.counts()))
        .description(description)
        .register(registry);
  }
}
