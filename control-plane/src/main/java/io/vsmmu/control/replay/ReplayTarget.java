package io.vsmmu.control.replay;

import io.vsmmu.host.simulated.FaultPlan;
import java.util.Map;

/** The host that a log is applied to. */
public sealed interface ReplayTarget {

  /**
   * A simulated host with the devices of the log.
   *
   * @param faults which of its calls fail
   */
  record Simulated(FaultPlan faults) implements ReplayTarget {}

  /**
   * The host of this service.
   *
   * @param devices PCI addresses of the log, each with that of the device that takes its part
   */
  record Local(Map<String, String> devices) implements ReplayTarget {
    public Local {
      devices = Map.copyOf(devices);
    }
  }
}
