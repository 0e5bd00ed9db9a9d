package io.vsmmu.acceptance.rest;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.testing.StubKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** A service whose host is a kernel whose answers are known. */
@TestConfiguration(proxyBeanMethods = false)
class StubbedKernel {

  static final Path FOLDER = folder();
  static final StubKernel KERNEL = new StubKernel(FOLDER.resolve("root"));

  /** Devices besides those that the kernel has anyway. */
  static final List<String> MORE = KERNEL.addDevices(65);

  @Bean
  @Primary
  HostIommu stubbedKernel() {
    return new IommufdHost(KERNEL.paths(), KERNEL);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("vsmmu-kernel");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
