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
 * A VMM whose iommufd is shared with us, its process and its devices. Its monitor guards the
 * devices; whoever holds it may wait for a vSMMU's session, never the other way round.
 */
final class LentVmm {

  /** Name of the VM, or of the vSMMU that has one of its own. */
  final String vm;

  /** The VM's vSMMUs. */
  final List<RegisteredVsmmu> vsmmus;

  final VmSpace space;
  final SharedIommufd iommufd;
  final VmmContext context;

  /** 0 when it is not known. */
  final int pid;

  final Optional<PidFd> process;

  /** What the process has open, asked under the monitor; empty when it is not known. */
  final Optional<DescriptorWatch> descriptors;

  /** By PCI address. Changed under the monitor, read without it. */
  final ConcurrentNavigableMap<String, VmmDevice> devices = new ConcurrentSkipListMap<>();

  LentVmm(
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

  /** Whether the process has ended; false when it is not known. */
  boolean hasEnded() {
    return process.map(PidFd::hasEnded).orElse(false);
  }

  /** Destroys what was made on the iommufd, and closes the copies of its descriptors. */
  void close() {
    space.releaseVmmIommufd();
    context.close();
    process.ifPresent(PidFd::close);
  }
}
