package io.vsmmu.control.vmm;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.SharingOutcome;
import io.vsmmu.control.session.LiveVsmmus.VmmSearch;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.kernel.VmmProcesses.OpenFiles;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds the VMMs that own the devices of vSMMUs, after a start of the service. A VMM is the process
 * that has a device of the log open, and an iommufd with the objects that the log names.
 * Thread-safe.
 */
public final class VmmFinder implements VmmSearch {

  private static final System.Logger LOGGER = System.getLogger(VmmFinder.class.getName());

  private final LocalHost host;

  /** The VMMs that were found, by the name of their VM. */
  private final Map<String, FoundVmm> found = new LinkedHashMap<>();

  /** A VMM, and the devices of its vSMMUs as their logs have them. */
  record FoundVmm(
      VmSpace space,
      SharedIommufd iommufd,
      VmmContext context,
      int pid,
      Optional<PidFd> process,
      List<Attached> devices) {}

  /** A device that is attached to a vSMMU according to the log. */
  record Attached(RegisteredVsmmu vsmmu, DeviceState device) {}

  public VmmFinder(LocalHost host) {
    this.host = host;
  }

  @Override
  public synchronized VmmSearch.Found useVmmIommufd(
      RegisteredVsmmu vsmmu, VsmmuState state, VmSpace space) {
    String vm = state.vm().isEmpty() ? vsmmu.name() : state.vm();
    FoundVmm known = found.get(vm);
    if (known != null) {
      return take(known, vsmmu, state) ? VmmSearch.Found.LENT : VmmSearch.Found.NONE;
    }
    Optional<VmmProcesses> processes = host.processes();
    String first = state.devices().firstEntry().getValue().device().address();
    Optional<OpenFiles> files = processes.flatMap(all -> all.withDevice(first));
    if (files.isEmpty()) {
      return VmmSearch.Found.NONE;
    }
    try {
      return useVmmIommufd(vm, vsmmu, state, space, files.get())
          ? VmmSearch.Found.LENT
          : VmmSearch.Found.NONE;
    } catch (PosixException refused) {
      LOGGER.log(
          Level.WARNING,
          "vSMMU %s: its VMM, process %d, runs, but its descriptors cannot be copied (%s); its"
                  .formatted(vsmmu.name(), files.get().pid(), refused.getMessage())
              + " devices stay as they are until it hands its descriptors over again");
      return VmmSearch.Found.OUT_OF_REACH;
    }
  }

  private boolean useVmmIommufd(
      String vm, RegisteredVsmmu vsmmu, VsmmuState state, VmSpace space, OpenFiles files)
      throws PosixException {
    for (int iommufd : files.iommufds()) {
      List<Integer> numbers = new ArrayList<>(List.of(iommufd));
      numbers.addAll(files.devices().values());
      List<Fd> copies = VmmProcesses.copies(files.pid(), numbers);
      if (!(host.share(copies.getFirst(), copies.subList(1, copies.size()))
          instanceof SharingOutcome.Shared(SharedIommufd shared))) {
        continue;
      }
      PidFd process = PidFd.open(files.pid());
      IommufdHandover terms =
          new IommufdHandover(Map.of(), OptionalInt.empty(), () -> !process.hasEnded());
      VmmContext context = new VmmContext(shared, terms);
      FoundVmm candidate =
          new FoundVmm(
              space, shared, context, files.pid(), Optional.of(process), new ArrayList<>());
      if (hasObjects(context, state)
          && take(candidate, vsmmu, state)
          && space.useVmmIommufd(context, true)) {
        found.put(vm, candidate);
        return true;
      }
      // Only the copies are closed, because another process may use the objects on the iommufd.
      shared.close();
      process.close();
    }
    return false;
  }

  /** Whether an iommufd has the objects that the log names; otherwise it belongs to another VMM. */
  static boolean hasObjects(VmmContext context, VsmmuState state) {
    HostHandles shared = state.hostHandles();
    return context.has(
        kernelId(state, shared.ioas()),
        kernelId(state, shared.nestingParent()),
        kernelId(state, shared.viommu()));
  }

  private static boolean take(FoundVmm vmm, RegisteredVsmmu vsmmu, VsmmuState state) {
    for (DeviceState device : state.devices().values()) {
      int devId = kernelId(state, device.deviceHandle());
      if (!vmm.context().bindAgain(device.device().address(), devId).isOk()) {
        return false;
      }
      vmm.devices().add(new Attached(vsmmu, device));
    }
    return true;
  }

  static int kernelId(VsmmuState state, long handle) {
    HostObject object = state.objects().get(handle);
    return object == null ? 0 : object.kernelId();
  }

  /** Returns the VMMs that were found since the last call, by name of the VM. */
  synchronized Map<String, FoundVmm> drain() {
    Map<String, FoundVmm> drained = new LinkedHashMap<>(found);
    found.clear();
    return drained;
  }
}
