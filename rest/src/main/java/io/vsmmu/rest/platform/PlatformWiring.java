package io.vsmmu.rest.platform;

import io.vsmmu.host.HostIommu;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is known of the host's devices besides what its kernel's iommufd tells. */
@Configuration(proxyBeanMethods = false)
class PlatformWiring {

  @Bean
  PasidCapabilities pasidCapabilities(HostIommu host) {
    return new PasidCapabilities(host);
  }
}
