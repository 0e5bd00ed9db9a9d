package io.vsmmu.control.host;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.vmm.SharedIommufd;

/** The outcome of taking copies of a VMM's descriptors; they are ours or closed. */
public sealed interface Sharing {

  /**
   * They are kept.
   *
   * @param iommufd with the files that came with it
   */
  record Shared(SharedIommufd iommufd) implements Sharing {}

  /**
   * They were closed.
   *
   * @param problem why
   */
  record Refused(HostProblem problem) implements Sharing {}
}
