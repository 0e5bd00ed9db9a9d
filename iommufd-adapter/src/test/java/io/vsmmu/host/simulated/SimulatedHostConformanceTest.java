package io.vsmmu.host.simulated;

/** The simulated host as the kernel on which the rules were observed. */
class SimulatedHostConformanceTest extends SimulatedHostConformance {

  SimulatedHostConformanceTest() {
    super(InvalidationModel.LINUX_7_3);
  }
}
