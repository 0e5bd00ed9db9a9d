package io.vsmmu.control.host;

import io.vsmmu.host.kernel.HostProblem;

/** The outcome of offering a descriptor, which the service owns or has closed. */
public sealed interface OfferOutcome {

  /**
   * The descriptor is kept until its device is attached to a vSMMU.
   *
   * @param address the device's PCI address
   */
  record Kept(String address) implements OfferOutcome {}

  /**
   * The descriptor was used to read the ID registers of the device's SMMU, because the service may
   * not open the device's file. A file that was opened again is needed to give the device to a
   * guest.
   *
   * @param address the device's PCI address
   */
  record Spent(String address) implements OfferOutcome {}

  /**
   * The descriptor was closed.
   *
   * @param problem the reason
   */
  record Refused(HostProblem problem) implements OfferOutcome {}
}
