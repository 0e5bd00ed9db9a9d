package io.vsmmu.host.apply;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import java.util.Optional;

/** A host that gives a test access to the open iommufd. */
final class WatchedHost implements HostIommu {

  private final HostIommu host;
  private Optional<IommuContext> context = Optional.empty();

  WatchedHost(HostIommu host) {
    this.host = host;
  }

  /** The context that was opened last. */
  Optional<IommuContext> context() {
    return context;
  }

  @Override
  public HostDescription describe() {
    return host.describe();
  }

  @Override
  public HostResult<IommuContext> open() {
    return watched(host.open());
  }

  @Override
  public HostResult<IommuContext> open(String owner) {
    return watched(host.open(owner));
  }

  @Override
  public Optional<IommuContext> resume(String owner) {
    Optional<IommuContext> resumed = host.resume(owner);
    context = resumed.or(() -> context);
    return resumed;
  }

  @Override
  public boolean keepsDescriptors() {
    return host.keepsDescriptors();
  }

  private HostResult<IommuContext> watched(HostResult<IommuContext> opened) {
    if (opened instanceof HostResult.Ok<IommuContext>(IommuContext open)) {
      context = Optional.of(open);
    }
    return opened;
  }
}
