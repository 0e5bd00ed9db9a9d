package io.vsmmu.control.vmm;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.kernel.DescriptorWatch;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.posix.PidFd;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A VMM that owns devices: the copies of its descriptors, its process and its devices. The monitor
 * of this object guards the devices. A thread that holds it may wait for a vSMMU's session; a
 * thread of a session must not wait for it.
 */
final class DeviceOwningVmm {

  /** Name of the VM, or of the vSMMU that has one of its own. */
  final String vm;

  final List<RegisteredVsmmu> vsmmus;

  final VmSpace space;
  final SharedIommufd iommufd;
  final VmmContext context;

  /** Process id; 0 when it is unknown. */
  final int pid;

  final Optional<PidFd> process;

  /** The open files of the process, to be used under the monitor; empty without a known process. */
  final Optional<DescriptorWatch> descriptors;

  /** Devices by PCI address. Changed under the monitor, read without it. */
  final ConcurrentNavigableMap<String, VmmDevice> devices = new ConcurrentSkipListMap<>();

  DeviceOwningVmm(
      String vm,
      List<RegisteredVsmmu> vsmmus,
      VmSpace space,
      SharedIommufd iommufd,
      VmmContext context,
      int pid,
      Optional<PidFd> process,
      Optional<DescriptorWatch> descriptors) {
    this.vm = vm;
    this.vsmmus = List.copyOf(vsmmus);
    this.space = space;
    this.iommufd = iommufd;
    this.context = context;
    this.pid = pid;
    this.process = process;
    this.descriptors = descriptors;
  }

  /** Whether the process has ended; false without a known process. */
  boolean hasEnded() {
    return process.map(PidFd::hasEnded).orElse(false);
  }

  /** Destroys the service's objects on the iommufd and closes the copies of the descriptors. */
  void close() {
    space.releaseVmmIommufd();
    context.close();
    process.ifPresent(PidFd::close);
  }
}
