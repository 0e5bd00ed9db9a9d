package io.vsmmu.host.kernel;

import io.vsmmu.host.Remedy;
import io.vsmmu.problem.Problem;

/**
 * A reason why the host, or one of its devices, cannot be used.
 *
 * @param kind the kind of problem, stable for programs
 * @param what the device or file, what was found (such as a driver's name or an errno), and what
 *     the operator can do about it
 */
public record HostProblem(Kind kind, Problem what) {

  /** A problem of the device or file {@code subject}, with one of the known remedies. */
  public HostProblem(Kind kind, String subject, String found, Remedy remedy) {
    this(kind, new Problem(subject, found, "", remedy.text()));
  }

  /** The kinds of problems; docs/host.md lists them for operators. */
  public enum Kind {
    /** {@code /dev/iommu} does not exist. */
    NO_IOMMUFD,
    /** /dev/iommu may not be opened. */
    IOMMUFD_FORBIDDEN,
    /** The kernel has no SMMUv3. */
    NO_SMMU,
    /** No device that could be given to a guest. */
    NO_VFIO_DEVICE,
    /** No PCI device has this address. */
    NO_SUCH_DEVICE,
    /** The device is not behind an SMMUv3. */
    NOT_BEHIND_SMMU,
    /** The device is a bridge, which cannot be given to a guest. */
    BRIDGE,
    /** The device is bound to no driver, so not to vfio-pci either. */
    NO_DRIVER,
    /** A driver of the host holds the device. */
    OTHER_DRIVER,
    /** The device has no file below /dev/vfio/devices. */
    NO_DEVICE_FILE,
    /** The device's file may not be opened. */
    DEVICE_FORBIDDEN,
    /** Another device of the iommu group is used by the host. */
    GROUP_NOT_VIABLE,
    /** This or another process has the device. */
    BUSY,
    /** Another process has another device of the iommu group. */
    GROUP_BUSY,
    /** The device is being removed from the machine. */
    GONE,
    /** The process or the system has as many descriptors open as it may. */
    NO_DESCRIPTORS,
    /** Memory is exhausted, or the limit of pinned memory is reached. */
    NO_MEMORY,
    /** The kernel or the SMMU cannot nest for the device. */
    NO_NESTING,
    /** The device has no StreamID, or several. */
    NOT_ONE_STREAM,
    /** The kernel is too old for the request. */
    OLD_KERNEL,
    /** The descriptor is no vfio device file of a PCI device. */
    NOT_A_DEVICE,
    /** As many devices as allowed were offered by descriptor and are not bound yet. */
    TOO_MANY_OFFERED,
    /** No process has this id. */
    NO_SUCH_PROCESS,
    /** The service may not take descriptors of the process. */
    PROCESS_FORBIDDEN,
    /** The process has no such descriptor. */
    NO_SUCH_DESCRIPTOR,
    /** The descriptor is no iommufd. */
    NOT_AN_IOMMUFD,
    /** The message lacks a field, or has one that is malformed. */
    WRONG_MESSAGE,
    /** The VM has devices that another process owns. */
    VM_BUSY,
    /** The VMM has not bound the device yet. */
    NOT_BOUND_YET,
    /** The device is bound to another iommufd than the one that was received with it. */
    OTHER_IOMMUFD,
    /** The id that was stated for the device is another object's. */
    WRONG_DEVICE_ID,
    /** Which of the VMM's objects is meant was not stated and cannot be found out. */
    AMBIGUOUS,
    /** The VMM has a vIOMMU of its own on its iommufd. */
    VMM_NESTS,
    /** The VMM attached the device to a page table of its own. */
    ATTACHED_ELSEWHERE,
    /** The host is simulated and takes no descriptors. */
    SIMULATED,
    /** The kernel gave an error that is not expected here. */
    UNEXPECTED
  }
}
