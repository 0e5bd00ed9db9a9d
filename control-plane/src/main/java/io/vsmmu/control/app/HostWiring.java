package io.vsmmu.control.app;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The host behind the vSMMUs. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SimulatedTopologySettings.class)
class HostWiring {

  @Bean
  HostIommu host(VsmmuSettings settings, SimulatedTopologySettings topology) {
    if (!settings.host().equals("simulated")) {
      throw new IllegalArgumentException(
          "vsmmu.host: '%s', allowed is simulated".formatted(settings.host()));
    }
    Topology simulated = topology.topology();
    SimulatedHost host = new SimulatedHost(simulated);
    if (!topology.faults().isEmpty()) {
      host.faults(FaultPlan.parse(topology.faults()));
    }
    return host;
  }
}
