package io.vsmmu.control.host;

import io.vsmmu.host.kernel.HostProblem;

/** What became of a descriptor that was offered; whatever it is, it is ours or closed. */
public sealed interface Offer {

  /**
   * It is kept until its device is attached to a vSMMU.
   *
   * @param address the device's PCI address
   */
  record Kept(String address) implements Offer {}

  /**
   * It was spent on asking what the device can do, because we may not open the device's file: one
   * that was opened anew is needed to give the device to a guest.
   *
   * @param address the device's PCI address
   */
  record Spent(String address) implements Offer {}

  /**
   * It was closed.
   *
   * @param problem why
   */
  record Refused(HostProblem problem) implements Offer {}
}
