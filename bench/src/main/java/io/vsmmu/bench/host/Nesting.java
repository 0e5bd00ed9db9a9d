package io.vsmmu.bench.host;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.kernel.IommufdContext;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.posix.Fd;

/**
 * A vIOMMU of the running kernel, allocated for the first vfio-pci device behind an SMMUv3.
 *
 * @param id id of the vIOMMU
 */
record Nesting(IommufdHost host, IommufdContext context, int id) implements AutoCloseable {

  static Nesting onFirstDevice() {
    IommufdHost host = new IommufdHost();
    HostDescription.Device device =
        host.describe().devices().stream()
            .filter(it -> it.hwInfo().map(HwInfo::dataType).orElse(0) == HwInfo.TYPE_ARM_SMMUV3)
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException("vfio-pci has no device behind an SMMUv3"));
    IommufdContext context = host.openContext().value();
    int dev = context.bind(device.address()).value();
    int s2 = context.allocNestingParent(dev, context.allocIoas().value()).value();
    return new Nesting(
        host, context, context.allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value());
  }

  Fd iommufd() {
    return context.descriptors().iommufd();
  }

  @Override
  public void close() {
    context.close();
    host.close();
  }
}
