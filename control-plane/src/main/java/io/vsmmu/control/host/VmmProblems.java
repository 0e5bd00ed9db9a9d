package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.vmm.VmmOwnedLimits;
import io.vsmmu.host.vmm.VmmRefusal;
import io.vsmmu.posix.Errno;

/** Explains to an operator why a VMM's device cannot be taken. */
public final class VmmProblems {

  private VmmProblems() {}

  /** Why the device at this address was refused. */
  public static HostProblem of(String address, VmmRefusal why) {
    return switch (why) {
      case NO_FILE ->
          new HostProblem(
              Kind.NO_SUCH_DESCRIPTOR,
              address,
              "no file of the device was sent with the iommufd of its VMM",
              Advice.SEND_VMMS_FILE.with());
      case NOT_BOUND ->
          new HostProblem(
              Kind.NOT_BOUND_YET, address, "the VMM has not bound it", Advice.AWAIT_VMM.with());
      case NO_IOAS ->
          new HostProblem(
              Kind.NOT_BOUND_YET,
              address,
              "the VMM has attached no device to an IOAS",
              Advice.AWAIT_VMM.with());
      case OTHER_IOMMUFD ->
          new HostProblem(
              Kind.OTHER_IOMMUFD,
              address,
              "bound to another iommufd than the one that was sent with it",
              Advice.SEND_VMMS_FILE.with());
      case WRONG_ID ->
          new HostProblem(
              Kind.WRONG_DEVICE_ID,
              address,
              "the id that was given is not that of this device",
              Advice.SEND_DEVICE_ID.with());
      case AMBIGUOUS_DEVICE ->
          new HostProblem(
              Kind.AMBIGUOUS,
              address,
              "several devices on the VMM's iommufd may be it, and the guest uses it or it shares"
                  + " its iommu group, so that trying would disturb the guest",
              Advice.SEND_DEVICE_ID.with());
      case AMBIGUOUS_IOAS ->
          new HostProblem(
              Kind.AMBIGUOUS,
              address,
              "the VMM has devices on several IOASes",
              Advice.SEND_IOAS_ID.with());
      case VMM_NESTS ->
          new HostProblem(
              Kind.VMM_NESTS,
              address,
              "there is a vIOMMU on the VMM's iommufd",
              Advice.END_NESTING.with());
    };
  }

  /** Why copies of descriptors were refused: {@code IommufdHost.share}. */
  static HostProblem ofShare(Errno errno) {
    return switch (errno) {
      case ENOTTY ->
          new HostProblem(
              Kind.NOT_AN_IOMMUFD,
              "iommufd",
              "the descriptor is no iommufd",
              Advice.SEND_IOMMUFD.with());
      case EEXIST ->
          new HostProblem(
              Kind.BUSY,
              "devices",
              "a device was given twice, or was handed over already",
              Advice.END_VMM.with());
      case ENFILE -> tooManyDevices();
      default ->
          new HostProblem(Kind.UNEXPECTED, "iommufd", errno.name(), Advice.SEE_KERNEL_LOG.with());
    };
  }

  /** More than {@link VmmOwnedLimits#DEVICES} devices of one VMM. */
  public static HostProblem tooManyDevices() {
    return new HostProblem(
        Kind.TOO_MANY_OFFERED,
        "devices",
        "more devices of one VMM than %d".formatted(VmmOwnedLimits.DEVICES),
        Advice.GIVE_FEWER_DEVICES.with(VmmOwnedLimits.DEVICES));
  }

  /** A file that is no vfio device file. */
  public static HostProblem notADevice(String field) {
    return new HostProblem(
        Kind.NOT_A_DEVICE,
        field,
        "no vfio device file of a PCI device",
        Advice.OPEN_DEVICE_FILE.with());
  }

  /** The VMM attached the device elsewhere. */
  public static HostProblem attachedElsewhere(String address) {
    return new HostProblem(
        Kind.ATTACHED_ELSEWHERE,
        address,
        "the VMM attached it to a page table of its own while it was behind the vSMMU",
        Advice.HAND_OVER_AGAIN.with());
  }
}
