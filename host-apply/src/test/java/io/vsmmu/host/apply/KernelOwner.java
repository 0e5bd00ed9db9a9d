package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.posix.Errno;
import java.util.Optional;

/** Another iommufd that tries to bind devices of the running kernel. */
final class KernelOwner implements AutoCloseable {

  private final IommuContext context = new IommufdHost().open().value();

  /** Binds the device; the errno when that fails. */
  Optional<Errno> bind(String address) {
    return context.bind(address).refusal();
  }

  @Override
  public void close() {
    context.close();
  }
}
