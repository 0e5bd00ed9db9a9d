package io.vsmmu.host.simulated;

/** The simulated host as the kernel that the rules were measured on. */
class SimulatedHostConformanceTest extends SimulatedHostConformance {

  SimulatedHostConformanceTest() {
    super(InvalidationModel.LINUX_7_3);
  }
}
