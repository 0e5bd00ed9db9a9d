package io.vsmmu.host.simulated;

/** The simulated host as a kernel that reports only whole blocks of an invalidation batch. */
class WholeBlocksConformanceTest extends SimulatedHostConformance {

  WholeBlocksConformanceTest() {
    super(InvalidationModel.WHOLE_BLOCKS);
  }
}
