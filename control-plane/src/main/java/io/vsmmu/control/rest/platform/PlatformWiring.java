package io.vsmmu.control.rest.platform;

import io.vsmmu.host.HostIommu;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is known of the host's devices besides what its kernel's iommufd tells. */
@Configuration(proxyBeanMethods = false)
class PlatformWiring {

  private static final String KERNEL = "iommufd";
  private static final Path PCI_DEVICES = Path.of("/sys/bus/pci/devices");

  @Bean
  PasidCapabilities pasidCapabilities(
      HostIommu host, @Value("${vsmmu.host:simulated}") String kind) {
    boolean real = kind.equals(KERNEL);
    return new PasidCapabilities(
        host, real ? new SysfsConfigSpaces(PCI_DEVICES) : ConfigSpaces.NONE);
  }
}
