package io.vsmmu.control.vmm;

import io.vsmmu.host.kernel.HostProblem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A VMM that owns devices, at the time of the call.
 *
 * @param vm name of the VM, or of the vSMMU that has one of its own
 * @param pid its process; empty when it is not known
 * @param devices its devices in the order of their addresses
 */
public record VmmView(String vm, OptionalInt pid, List<Device> devices) {

  public VmmView {
    devices = List.copyOf(devices);
  }

  /**
   * A device.
   *
   * @param address PCI address
   * @param vsmmu the vSMMU that it is behind, or will be
   * @param streamId the StreamID that the guest uses for it; empty if it is unknown
   * @param state its state
   * @param problem why it failed; empty in every other state
   */
  public record Device(
      String address,
      String vsmmu,
      OptionalInt streamId,
      VmmDeviceState state,
      Optional<HostProblem> problem) {}

  /** The outcome of handing descriptors over. */
  public sealed interface HandOver {

    /** The service keeps the descriptors. */
    record Taken(VmmView vmm) implements HandOver {}

    /** The service has closed the descriptors. */
    record Refused(HostProblem problem) implements HandOver {}
  }
}
