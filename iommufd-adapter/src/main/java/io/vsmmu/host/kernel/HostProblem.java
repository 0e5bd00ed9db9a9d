package io.vsmmu.host.kernel;

import io.vsmmu.host.Remedy;

/**
 * Something that keeps the host or a device of it from being used.
 *
 * @param kind what it is, for programs
 * @param subject the device or file
 * @param found what is the case
 * @param advice what the operator can do
 */
public record HostProblem(Kind kind, String subject, String found, Remedy advice) {

  /** What it is. */
  public enum Kind {
    /** No /dev/iommu. */
    NO_IOMMUFD,
    /** /dev/iommu may not be opened. */
    IOMMUFD_FORBIDDEN,
    /** No SMMUv3. */
    NO_SMMU,
    /** No device that could be given to a guest. */
    NO_VFIO_DEVICE,
    /** No device at this address. */
    NO_SUCH_DEVICE,
    /** No SMMUv3 before the device. */
    NOT_BEHIND_SMMU,
    /** A bridge: no endpoint that could be given to a guest. */
    BRIDGE,
    /** No driver holds the device. */
    NO_DRIVER,
    /** A driver of the host holds the device. */
    OTHER_DRIVER,
    /** The device has no file below /dev/vfio/devices. */
    NO_DEVICE_FILE,
    /** The device's file may not be opened. */
    DEVICE_FORBIDDEN,
    /** Another device of the iommu group is used by the host. */
    GROUP_NOT_VIABLE,
    /** Somebody has the device. */
    BUSY,
    /** Somebody has another device of the iommu group. */
    GROUP_BUSY,
    /** The device is being removed. */
    GONE,
    /** No descriptors are left. */
    NO_DESCRIPTORS,
    /** No memory is left. */
    NO_MEMORY,
    /** The kernel or the SMMU cannot nest for the device. */
    NO_NESTING,
    /** The device uses none, or several StreamIDs. */
    NOT_ONE_STREAM,
    /** The kernel is too old for what is asked. */
    OLD_KERNEL,
    /** A descriptor that is no vfio device file of a PCI device. */
    NOT_A_DEVICE,
    /** Too many devices were offered by descriptor and not used. */
    TOO_MANY_OFFERED,
    /** No such process. */
    NO_SUCH_PROCESS,
    /** The descriptors of the process are not for us. */
    PROCESS_FORBIDDEN,
    /** The process has no such descriptor. */
    NO_SUCH_DESCRIPTOR,
    /** A descriptor that is no iommufd. */
    NOT_AN_IOMMUFD,
    /** A message that does not say what it has to. */
    WRONG_MESSAGE,
    /** The VM has devices that another process owns. */
    VM_BUSY,
    /** The VMM has not bound the device yet. */
    NOT_BOUND_YET,
    /** The device is bound to another iommufd than the one that came with it. */
    OTHER_IOMMUFD,
    /** The id that was told for the device is not its own. */
    WRONG_DEVICE_ID,
    /** Which of the VMM's objects is meant can be neither told nor proved. */
    AMBIGUOUS,
    /** The VMM nests on its iommufd itself. */
    VMM_NESTS,
    /** The VMM attached the device elsewhere. */
    ATTACHED_ELSEWHERE,
    /** The host is simulated. */
    SIMULATED,
    /** An error that is not expected here. */
    UNEXPECTED
  }

  /** What the operator can do, as a text. */
  public String remedy() {
    return advice.text();
  }

  /** One sentence for an operator. */
  public String message() {
    return "%s: %s; %s".formatted(subject, found, remedy());
  }
}
