package io.vsmmu.control.host;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;
import java.util.Optional;

/** The host behind the vSMMUs with what an operator needs to know about it. Thread-safe. */
public sealed interface LocalHost permits KernelHost, SimulatedLocalHost {

  /** Makes the operator's view of a host. */
  static LocalHost of(HostIommu host) {
    return host instanceof IommufdHost kernel
        ? new KernelHost(kernel)
        : new SimulatedLocalHost(host);
  }

  /** {@code iommufd} or {@code simulated}. */
  String kind();

  /** Describes the SMMUs and devices; read from the host at each call. */
  HostDescription describe();

  /** The problems that prevent the use of any device; empty if there is none. */
  List<HostProblem> problems();

  /**
   * Why a device cannot be given to a guest; empty if no reason is known.
   *
   * @param device as {@link #describe} gave it
   */
  Optional<HostProblem> problem(HostDescription.Device device);

  /** Why there is no device at an address that {@link #describe} does not list. */
  HostProblem absent(String address);

  /**
   * Explains an operation that failed while a device was attached.
   *
   * @param address the device's PCI address
   */
  HostProblem explain(String address, HostOperation failed);

  /** Takes a vfio device file that another process opened. Owns the descriptor, even on failure. */
  OfferOutcome offer(Fd fd);

  /**
   * Takes copies of an iommufd that a VMM opened and of the files of devices that it binds there.
   * Owns the descriptors, even on failure.
   */
  SharingOutcome share(Fd iommufd, List<Fd> files);

  /** Why no VMM can hand descriptors over; empty when it can. */
  Optional<HostProblem> takesNoDescriptors();

  /** Takes one more device file for an iommufd of {@link #share}; owns the descriptor likewise. */
  Optional<HostProblem> addFile(SharedIommufd shared, Fd file);

  /** PCI address of the device whose vfio file this is; empty when it is another file. */
  Optional<String> addressOf(Fd file);

  /** Whether a VMM binds the device, whose file and iommufd were shared. */
  boolean isVmms(String address);

  /** Which process has which descriptors; empty when the host is simulated. */
  Optional<VmmProcesses> processes();

  /**
   * Closes a descriptor of this device that was offered and not used yet; does nothing if there is
   * none.
   *
   * @return why the host can have no such descriptor; empty if it can
   */
  Optional<HostProblem> withdraw(String address);
}
