package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.posix.Errno;
import java.util.Optional;

/** Somebody else who wants devices of the running kernel. */
final class KernelOwner implements AutoCloseable {

  private final IommuContext context = new IommufdHost().open().value();

  /** The errno when it does not get the device. */
  Optional<Errno> bind(String address) {
    return context.bind(address).refusal();
  }

  @Override
  public void close() {
    context.close();
  }
}
