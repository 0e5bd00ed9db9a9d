package io.vsmmu.control.vmm;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.Sharing;
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
 * Finds the VMMs again that own the devices of vSMMUs, after a start of the service: the process
 * that has a device of the log open together with an iommufd on which the log's objects are.
 */
public final class VmmFinder implements VmmSearch {

  private static final System.Logger LOGGER = System.getLogger(VmmFinder.class.getName());

  private final LocalHost host;

  /** By name of the VM. */
  private final Map<String, Found> found = new LinkedHashMap<>();

  /** A VMM, and the devices of its vSMMUs as their logs have them. */
  record Found(
      VmSpace space,
      SharedIommufd iommufd,
      VmmContext context,
      int pid,
      Optional<PidFd> process,
      List<Attached> devices) {}

  /** A device that the log has behind a vSMMU. */
  record Attached(RegisteredVsmmu vsmmu, DeviceState device) {}

  public VmmFinder(LocalHost host) {
    this.host = host;
  }

  @Override
  public synchronized VmmSearch.Found useVmmIommufd(
      RegisteredVsmmu vsmmu, VsmmuState state, VmSpace space) {
    String vm = state.vm().isEmpty() ? vsmmu.name() : state.vm();
    Found known = found.get(vm);
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
              + " devices go on as they are until it hands its descriptors over again");
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
          instanceof Sharing.Shared(SharedIommufd shared))) {
        continue;
      }
      PidFd process = PidFd.open(files.pid());
      IommufdHandover terms =
          new IommufdHandover(Map.of(), OptionalInt.empty(), () -> !process.hasEnded());
      VmmContext context = new VmmContext(shared, terms);
      Found candidate =
          new Found(space, shared, context, files.pid(), Optional.of(process), new ArrayList<>());
      if (hasObjects(context, state)
          && take(candidate, vsmmu, state)
          && space.useVmmIommufd(context, true)) {
        found.put(vm, candidate);
        return true;
      }
      // What is on it, if anything, is not ours to destroy: only the copies are closed.
      shared.close();
      process.close();
    }
    return false;
  }

  /** Whether an iommufd has what the log names; without that, the devices are another VMM's. */
  static boolean hasObjects(VmmContext context, VsmmuState state) {
    HostHandles shared = state.hostHandles();
    return context.has(
        kernelId(state, shared.ioas()),
        kernelId(state, shared.nestingParent()),
        kernelId(state, shared.viommu()));
  }

  private static boolean take(Found vmm, RegisteredVsmmu vsmmu, VsmmuState state) {
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

  /** The VMMs that were found since the last call, by name of the VM. */
  synchronized Map<String, Found> drain() {
    Map<String, Found> drained = new LinkedHashMap<>(found);
    found.clear();
    return drained;
  }
}
