package io.vsmmu.control.host;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.vmm.SharedIommufd;

/** The outcome of taking copies of a VMM's descriptors, which the service owns or has closed. */
public sealed interface SharingOutcome {

  /**
   * The copies are kept.
   *
   * @param iommufd with the files that were sent with it
   */
  record Shared(SharedIommufd iommufd) implements SharingOutcome {}

  /**
   * The copies were closed.
   *
   * @param problem the reason
   */
  record Refused(HostProblem problem) implements SharingOutcome {}
}
