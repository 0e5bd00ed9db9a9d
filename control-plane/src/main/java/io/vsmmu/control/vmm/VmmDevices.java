package io.vsmmu.control.vmm;

import io.vsmmu.control.host.HostConnection;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.SharingOutcome;
import io.vsmmu.control.host.VmmDescriptorReceiver;
import io.vsmmu.control.host.VmmMessage;
import io.vsmmu.control.host.VmmProblems;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.Advice;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.kernel.DescriptorWatch;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.kernel.VmmProcesses.OpenFiles;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.host.vmm.VmmOwnedLimits;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The VMMs that own devices of vSMMUs. A thread of this object checks them every {@link
 * VmmWatchLimits#INTERVAL}: a device is attached to its vSMMU as soon as its VMM has bound it, and
 * detached when the VMM unplugged it, attached it elsewhere, or ended. Thread-safe.
 */
public final class VmmDevices implements VmmDescriptorReceiver, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(VmmDevices.class.getName());

  private final LocalHost host;
  private final LiveVsmmus live;
  private final OfferChecks checks;
  private final VmmDeviceAttachments attachments;

  /** The VMMs by the name of their VM, in the order in which they were offered. */
  private final SequencedMap<String, DeviceOwningVmm> vmms = new LinkedHashMap<>();

  private final Thread thread;
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param finder its VMMs, found after the start of the service, are taken over
   */
  public VmmDevices(LocalHost host, LiveVsmmus live, VsmmuAdministration vsmmus, VmmFinder finder) {
    this.host = host;
    this.live = live;
    this.checks = new OfferChecks(host, vsmmus);
    this.attachments = new VmmDeviceAttachments(host, live, vsmmus);
    finder.drain().forEach(this::takeOver);
    this.thread = Thread.ofPlatform().daemon().name("vmm-devices").start(this::run);
  }

  private void takeOver(String vm, VmmFinder.FoundVmm found) {
    List<RegisteredVsmmu> members =
        found.devices().stream().map(VmmFinder.Attached::vsmmu).distinct().toList();
    DeviceOwningVmm vmm =
        new DeviceOwningVmm(
            vm,
            members,
            found.space(),
            found.iommufd(),
            found.context(),
            found.pid(),
            found.process(),
            descriptors(found.pid()));
    for (VmmFinder.Attached attached : found.devices()) {
      DeviceState device = attached.device();
      VmmDevice taken =
          new VmmDevice(
              device.device().address(),
              attached.vsmmu().name(),
              OptionalInt.of(device.streamId()),
              OnOffAuto.AUTO);
      taken.enter(VmmDeviceState.ATTACHED);
      vmm.devices.put(taken.address, taken);
    }
    vmms.put(vm, vmm);
  }

  // --- Descriptors are handed over.

  @Override
  public ObjectNode take(VmmMessage message, List<Fd> descriptors, int peer) {
    return switch (offer(message, descriptors, peer)) {
      case VmmView.HandOver.Taken(VmmView vmm) -> json(vmm);
      case VmmView.HandOver.Refused(HostProblem problem) -> {
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.set("problem", HostConnection.json(problem));
        yield answer;
      }
    };
  }

  private VmmView.HandOver offer(VmmMessage message, List<Fd> descriptors, int peer) {
    List<Fd> unused = new ArrayList<>(descriptors);
    try {
      return new VmmView.HandOver.Taken(view(accept(message, unused, peer)));
    } catch (RequestRefusedException refused) {
      return new VmmView.HandOver.Refused(RefusedOfferException.problem(refused));
    } catch (RefusedOfferException refused) {
      return new VmmView.HandOver.Refused(refused.problem());
    } finally {
      unused.forEach(Fd::close);
    }
  }

  /** Removes from {@code descriptors} those that are kept. */
  private DeviceOwningVmm accept(VmmMessage message, List<Fd> descriptors, int peer) {
    OfferChecks.Wanted offered = checks.wanted(message, descriptors);
    synchronized (vmms) {
      DeviceOwningVmm known = vmms.get(message.vm());
      if (known != null && known.hasEnded()) {
        end(known);
        known = null;
      }
      if (message.iommufd().isPresent()) {
        if (known != null) {
          throw OfferChecks.busy(message.vm(), known);
        }
        Fd iommufd = descriptors.get(message.iommufd().getAsInt());
        descriptors.remove(iommufd);
        descriptors.removeAll(offered.files());
        return begin(message, offered, iommufd, peer);
      }
      if (known == null) {
        throw new RefusedOfferException(
            new HostProblem(
                Kind.WRONG_MESSAGE,
                "iommufd",
                "nothing, and no VMM of " + message.vm() + " is known",
                Advice.SEND_IOMMUFD.with()));
      }
      if (message.pid().isPresent() && message.pid().getAsInt() != known.pid) {
        throw new RefusedOfferException(
            new HostProblem(
                Kind.WRONG_MESSAGE,
                "pid",
                String.valueOf(message.pid().getAsInt()),
                Advice.SEND_FIELD.with("the VMM's process, which is %d".formatted(known.pid))));
      }
      OfferChecks.mustBeAlone(offered.devices().values(), known);
      descriptors.removeAll(offered.files());
      return add(known, offered);
    }
  }

  private DeviceOwningVmm begin(
      VmmMessage message, OfferChecks.Wanted offered, Fd iommufd, int peer) {
    if (vmms.size() >= VmmWatchLimits.VMMS) {
      iommufd.close();
      offered.files().forEach(Fd::close);
      throw new RefusedOfferException(
          new HostProblem(
              Kind.TOO_MANY_OFFERED,
              "vm",
              "there are %d VMMs already".formatted(VmmWatchLimits.VMMS),
              Advice.TRY_AGAIN.with()));
    }
    SharedIommufd shared =
        switch (host.share(iommufd, offered.files())) {
          case SharingOutcome.Shared(SharedIommufd taken) -> taken;
          case SharingOutcome.Refused(HostProblem problem) ->
              throw new RefusedOfferException(problem);
        };
    int pid = message.pid().orElse(peer);
    Optional<PidFd> process = process(pid);
    IommufdHandover terms =
        new IommufdHandover(
            offered.devIds(), message.ioas(), () -> process.map(it -> !it.hasEnded()).orElse(true));
    VmmContext context = new VmmContext(shared, terms);
    VmSpace space = live.of(offered.members().getFirst()).space();
    DeviceOwningVmm vmm =
        new DeviceOwningVmm(
            message.vm(),
            offered.members(),
            space,
            shared,
            context,
            pid,
            process,
            descriptors(pid));
    vmm.devices.putAll(offered.devices());
    return begin(vmm);
  }

  private DeviceOwningVmm begin(DeviceOwningVmm vmm) {
    if (vmm.space.hasVmmEnded()) {
      attachments.reattach(vmm);
    } else if (!vmm.space.useVmmIommufd(vmm.context, false)) {
      vmm.close();
      throw new RefusedOfferException(
          new HostProblem(
              Kind.VM_BUSY,
              "vm",
              vmm.vm + " has devices that the service bound",
              Advice.END_VMM.with()));
    }
    vmms.put(vmm.vm, vmm);
    return vmm;
  }

  /**
   * Takes copies of a VMM's descriptors that were made before, as a message does.
   *
   * @param devices address, vSMMU and StreamID of each; the other components are ignored
   */
  public VmmView.HandOver useVmmIommufd(
      String vm, SharedIommufd shared, IommufdHandover terms, List<VmmView.Device> devices) {
    List<RegisteredVsmmu> members = checks.members(vm);
    DeviceOwningVmm vmm =
        new DeviceOwningVmm(
            vm,
            members,
            live.of(members.getFirst()).space(),
            shared,
            new VmmContext(shared, terms),
            0,
            Optional.empty(),
            Optional.empty());
    for (VmmView.Device device : devices) {
      vmm.devices.put(
          device.address(),
          new VmmDevice(device.address(), device.vsmmu(), device.streamId(), OnOffAuto.AUTO));
    }
    try {
      synchronized (vmms) {
        return new VmmView.HandOver.Taken(view(begin(vmm)));
      }
    } catch (RefusedOfferException refused) {
      return new VmmView.HandOver.Refused(refused.problem());
    }
  }

  /** The VMM has opened an unplugged device again. */
  public void reopened(String vm, String address) {
    synchronized (vmms) {
      DeviceOwningVmm vmm = vmms.get(vm);
      if (vmm != null) {
        synchronized (vmm) {
          VmmDevice device = vmm.devices.get(address);
          if (device != null && device.state() == VmmDeviceState.UNPLUGGED) {
            device.enter(VmmDeviceState.WAITING);
          }
        }
      }
    }
  }

  private DeviceOwningVmm add(DeviceOwningVmm vmm, OfferChecks.Wanted offered) {
    List<Fd> files = offered.files();
    synchronized (vmm) {
      List<String> added = new ArrayList<>();
      for (String address : offered.devices().keySet()) {
        Optional<HostProblem> refused = host.addFile(vmm.iommufd, files.get(added.size()));
        if (refused.isPresent()) {
          files.subList(added.size() + 1, files.size()).forEach(Fd::close);
          added.forEach(vmm.context::release);
          throw new RefusedOfferException(refused.get());
        }
        added.add(address);
      }
      vmm.context.addDeviceIds(offered.devIds());
      vmm.devices.putAll(offered.devices());
      return vmm;
    }
  }

  private Optional<DescriptorWatch> descriptors(int pid) {
    return pid == 0 ? Optional.empty() : host.processes().map(all -> all.watch(pid));
  }

  private static Optional<PidFd> process(int pid) {
    if (pid == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(PidFd.open(pid));
    } catch (PosixException gone) {
      return Optional.empty();
    }
  }

  /**
   * Copies descriptors that a process has open, named by their numbers or by the devices'
   * addresses. If the VM has a VMM already, the process is the same, and neither an iommufd nor an
   * IOAS is named, the devices are added to that VMM.
   *
   * @param iommufd its number in the process; empty for the only one that it has
   * @param devices as in a message; {@code file} is the number in the process, or -1
   * @param addresses PCI address of each device, or empty where {@code file} is a number
   */
  public VmmView.HandOver takeFrom(
      int pid,
      String vm,
      OptionalInt iommufd,
      OptionalInt ioas,
      List<VmmMessage.Device> devices,
      List<String> addresses) {
    List<Integer> numbers = new ArrayList<>();
    List<VmmMessage.Device> numbered = new ArrayList<>();
    try {
      checks.mustTakeDescriptors();
      if (devices.size() > VmmOwnedLimits.DEVICES) {
        throw new RefusedOfferException(VmmProblems.tooManyDevices());
      }
      OpenFiles files = host.processes().map(all -> all.of(pid)).orElse(OfferChecks.nothing(pid));
      boolean more = iommufd.isEmpty() && ioas.isEmpty() && isKnown(vm, pid);
      if (!more) {
        numbers.add(iommufd.isPresent() ? iommufd.getAsInt() : OfferChecks.onlyIommufd(files));
      }
      for (int i = 0; i < devices.size(); i++) {
        VmmMessage.Device device = devices.get(i);
        int number =
            device.file() >= 0 ? device.file() : OfferChecks.fileOf(files, addresses.get(i));
        numbered.add(
            new VmmMessage.Device(
                numbers.size(), device.vsmmu(), device.streamId(), device.devId(), device.ats()));
        numbers.add(number);
      }
      List<Fd> copies = VmmProcesses.copies(pid, numbers);
      checks.mustBeOf(addresses, copies.subList(more ? 0 : 1, copies.size()), copies);
      OptionalInt first = more ? OptionalInt.empty() : OptionalInt.of(0);
      VmmMessage message = new VmmMessage(vm, first, ioas, OptionalInt.of(pid), numbered);
      return offer(message, copies, pid);
    } catch (RefusedOfferException refused) {
      return new VmmView.HandOver.Refused(refused.problem());
    } catch (PosixException refused) {
      return new VmmView.HandOver.Refused(
          new HostProblem(
              Kind.PROCESS_FORBIDDEN,
              "process " + pid,
              refused.getMessage() == null ? "" : refused.getMessage(),
              Advice.ALLOW_TRACING.with()));
    }
  }

  private boolean isKnown(String vm, int pid) {
    synchronized (vmms) {
      DeviceOwningVmm known = vmms.get(vm);
      return known != null && known.pid == pid && !known.hasEnded();
    }
  }

  /**
   * Detaches the devices of a VMM and closes the copies of its descriptors.
   *
   * @throws RequestRefusedException when no VMM of the VM has handed descriptors over
   */
  public void release(String vm) {
    synchronized (vmms) {
      DeviceOwningVmm vmm = vmms.get(vm);
      if (vmm == null) {
        throw new RequestRefusedException(
            RequestRefusedException.Kind.NOT_FOUND,
            "vm",
            vm,
            "a VM whose VMM handed its descriptors over: " + vmms.keySet());
      }
      end(vmm);
    }
  }

  /**
   * Attaches the devices that a VMM has bound, when the VMM connects to a vSMMU and before it gets
   * an answer, because ID registers on {@code auto} follow the host only until a VMM has read them.
   * Takes at most {@link VmmWatchLimits#CONNECT}. QEMU connects after it has bound all devices
   * before the vSMMU on its command line, and attached them to its IOAS.
   */
  public void attachBound(RegisteredVsmmu vsmmu) {
    List<DeviceOwningVmm> all;
    synchronized (vmms) {
      all = vmms.values().stream().filter(vmm -> vmm.vsmmus.contains(vsmmu)).toList();
    }
    if (all.isEmpty()) {
      return;
    }
    Thread taking =
        Thread.ofPlatform()
            .daemon()
            .name("vmm-connects")
            .start(() -> all.forEach(attachments::attachBound));
    try {
      taking.join(VmmWatchLimits.CONNECT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // --- VMMs are checked.

  private void run() {
    while (!closed) {
      try {
        Thread.sleep(VmmWatchLimits.INTERVAL);
        check();
      } catch (InterruptedException ended) {
        return;
      } catch (RuntimeException failed) {
        LOGGER.log(Level.WARNING, "VMMs could not be checked; the next check follows", failed);
      }
    }
  }

  /** Looks once at every VMM: whether it still runs, and what it did with its devices. */
  void check() {
    List<DeviceOwningVmm> all;
    synchronized (vmms) {
      all = List.copyOf(vmms.values());
    }
    for (DeviceOwningVmm vmm : all) {
      if (vmm.hasEnded()) {
        LOGGER.log(
            Level.INFO, "The VMM of {0}, process {1}, ended", vmm.vm, String.valueOf(vmm.pid));
        synchronized (vmms) {
          end(vmm);
        }
      } else {
        attachments.check(vmm);
      }
    }
  }

  private void end(DeviceOwningVmm vmm) {
    attachments.end(vmm);
    vmms.remove(vmm.vm, vmm);
  }

  // --- The state of VMMs.

  /** All VMMs in the order in which they handed their descriptors over. */
  public List<VmmView> all() {
    synchronized (vmms) {
      return vmms.values().stream().map(VmmDevices::view).toList();
    }
  }

  /**
   * StreamIDs of the devices that a VMM owns and that are, or will be, behind a vSMMU: also of
   * those that it has not bound yet.
   */
  public Set<Integer> streamIds(RegisteredVsmmu vsmmu) {
    return all().stream()
        .flatMap(vmm -> vmm.devices().stream())
        .filter(device -> device.vsmmu().equals(vsmmu.name()))
        .filter(device -> device.state() != VmmDeviceState.RETURNED)
        .flatMapToInt(device -> device.streamId().stream())
        .boxed()
        .collect(Collectors.toSet());
  }

  /**
   * Does not take the monitor: its holder may be attaching a device, while a VMM that connects
   * waits for this answer.
   */
  private static VmmView view(DeviceOwningVmm vmm) {
    return new VmmView(
        vmm.vm,
        vmm.pid > 0 ? OptionalInt.of(vmm.pid) : OptionalInt.empty(),
        vmm.devices.values().stream().map(VmmDevice::view).toList());
  }

  private static ObjectNode json(VmmView vmm) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("vm", vmm.vm());
    vmm.pid().ifPresent(pid -> answer.put("pid", pid));
    ArrayNode devices = answer.putArray("devices");
    for (VmmView.Device device : vmm.devices()) {
      ObjectNode entry = devices.addObject();
      entry.put("hostDevice", device.address()).put("vsmmu", device.vsmmu());
      device.streamId().ifPresent(sid -> entry.put("sid", "0x" + Integer.toHexString(sid)));
      entry.put("state", device.state().name());
      device.problem().ifPresent(why -> entry.set("problem", HostConnection.json(why)));
    }
    return answer;
  }

  /** Stops the thread; the objects on the VMMs' iommufds stay for the next process. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
