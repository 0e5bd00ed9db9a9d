package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuContext;

/** The objects of a guest with one device on a simulated host. */
record TestGuest(SimulatedHost host, IommuContext context, int dev, int ioas, int s2, int viommu) {

  static TestGuest on(SimulatedHost host, String address) {
    IommuContext context = host.open().value();
    int dev = context.bind(address).value();
    int ioas = context.allocIoas().value();
    int s2 = context.allocNestingParent(dev, ioas).value();
    return new TestGuest(
        host,
        context,
        dev,
        ioas,
        s2,
        context.allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value());
  }
}
