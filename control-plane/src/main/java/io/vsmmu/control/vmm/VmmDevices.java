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
import io.vsmmu.host.HostResult;
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
import io.vsmmu.host.vmm.VmmRefusal;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** The subject in the log of what the thread does. */
  static final String SUBJECT = "vmm";

  /** The answer of {@link DescriptorWatch} when the process has closed the device's file. */
  private static final Optional<Boolean> GONE = Optional.of(false);

  private static final System.Logger LOGGER = System.getLogger(VmmDevices.class.getName());

  private final LocalHost host;
  private final LiveVsmmus live;
  private final VsmmuAdministration vsmmus;

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
    this.vsmmus = vsmmus;
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
      return new VmmView.HandOver.Refused(problem(refused));
    } catch (RefusedOfferException refused) {
      return new VmmView.HandOver.Refused(refused.problem);
    } finally {
      unused.forEach(Fd::close);
    }
  }

  /** Descriptors that are refused. */
  private static final class RefusedOfferException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient HostProblem problem;

    RefusedOfferException(HostProblem problem) {
      super(problem.what().message());
      this.problem = problem;
    }
  }

  /** Removes from {@code descriptors} those that are kept. */
  private DeviceOwningVmm accept(VmmMessage message, List<Fd> descriptors, int peer) {
    mustTakeDescriptors();
    List<RegisteredVsmmu> members = members(message.vm());
    Map<String, VmmDevice> wanted = new LinkedHashMap<>();
    Map<String, Integer> devIds = new HashMap<>();
    List<Fd> files = new ArrayList<>();
    for (int i = 0; i < message.devices().size(); i++) {
      VmmMessage.Device device = message.devices().get(i);
      Fd file = descriptors.get(device.file());
      String field = "devices[%d].vfio".formatted(i);
      String address =
          host.addressOf(file)
              .orElseThrow(() -> new RefusedOfferException(VmmProblems.notADevice(field)));
      VmmDevice entry = entry(address, device, members, i);
      if (wanted.put(address, entry) != null) {
        throw new RefusedOfferException(
            new HostProblem(
                Kind.WRONG_MESSAGE,
                field,
                address + " a second time",
                Advice.SEND_FIELD.with("one file of each device")));
      }
      mustBeFree(address, members);
      mustBeAlone(entry, wanted.values(), i);
      device.devId().ifPresent(id -> devIds.put(address, id));
      files.add(file);
    }
    synchronized (vmms) {
      DeviceOwningVmm known = vmms.get(message.vm());
      if (known != null && known.hasEnded()) {
        end(known);
        known = null;
      }
      if (message.iommufd().isPresent()) {
        if (known != null) {
          throw busy(message.vm(), known);
        }
        Fd iommufd = descriptors.get(message.iommufd().getAsInt());
        descriptors.remove(iommufd);
        descriptors.removeAll(files);
        return begin(message, members, wanted, devIds, iommufd, files, peer);
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
      mustBeAlone(wanted.values(), known);
      descriptors.removeAll(files);
      return add(known, wanted, devIds, files);
    }
  }

  private void mustTakeDescriptors() {
    host.takesNoDescriptors()
        .ifPresent(
            problem -> {
              throw new RefusedOfferException(problem);
            });
  }

  /** Refuses a device of another VM's vSMMU: it is bound, and this VMM could not bind it. */
  private void mustBeFree(String address, List<RegisteredVsmmu> members) {
    vsmmus
        .holder(address)
        .filter(holder -> !members.contains(holder))
        .ifPresent(
            holder -> {
              throw new RefusedOfferException(
                  new HostProblem(
                      Kind.BUSY,
                      address,
                      "behind vSMMU " + holder.name(),
                      Advice.DETACH_HOLDER.with()));
            });
  }

  private static RefusedOfferException busy(String vm, DeviceOwningVmm known) {
    return new RefusedOfferException(
        new HostProblem(
            Kind.VM_BUSY,
            "vm",
            "%s has a VMM already, process %d".formatted(vm, known.pid),
            Advice.END_VMM.with()));
  }

  private List<RegisteredVsmmu> members(String vm) {
    List<RegisteredVsmmu> members = vsmmus.vms().members(vm);
    if (!members.isEmpty()) {
      return members;
    }
    RegisteredVsmmu alone = vsmmus.named(vm);
    String its = vsmmus.vms().of(alone);
    if (!its.isEmpty()) {
      throw new RefusedOfferException(
          new HostProblem(
              Kind.WRONG_MESSAGE,
              "vm",
              "%s is a vSMMU of the VM %s".formatted(vm, its),
              Advice.SEND_FIELD.with("the VM's name")));
    }
    return List.of(alone);
  }

  private static VmmDevice entry(
      String address, VmmMessage.Device device, List<RegisteredVsmmu> members, int index) {
    List<String> names = members.stream().map(RegisteredVsmmu::name).toList();
    String vsmmu =
        device.vsmmu().isEmpty() && names.size() == 1 ? names.getFirst() : device.vsmmu();
    if (!names.contains(vsmmu)) {
      throw new RefusedOfferException(
          new HostProblem(
              Kind.WRONG_MESSAGE,
              "devices[%d].vsmmu".formatted(index),
              vsmmu.isEmpty() ? "nothing" : vsmmu,
              Advice.SEND_FIELD.with("one of " + names)));
    }
    return new VmmDevice(address, vsmmu, device.streamId(), ats(device.ats(), index));
  }

  private static OnOffAuto ats(String text, int index) {
    try {
      return OnOffAuto.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new RefusedOfferException(
          new HostProblem(
              Kind.WRONG_MESSAGE,
              "devices[%d].ats".formatted(index),
              text,
              Advice.SEND_FIELD.with("on, off or auto")));
    }
  }

  private DeviceOwningVmm begin(
      VmmMessage message,
      List<RegisteredVsmmu> members,
      Map<String, VmmDevice> wanted,
      Map<String, Integer> devIds,
      Fd iommufd,
      List<Fd> files,
      int peer) {
    if (vmms.size() >= VmmWatchLimits.VMMS) {
      iommufd.close();
      files.forEach(Fd::close);
      throw new RefusedOfferException(
          new HostProblem(
              Kind.TOO_MANY_OFFERED,
              "vm",
              "there are %d VMMs already".formatted(VmmWatchLimits.VMMS),
              Advice.TRY_AGAIN.with()));
    }
    SharedIommufd shared =
        switch (host.share(iommufd, files)) {
          case SharingOutcome.Shared(SharedIommufd taken) -> taken;
          case SharingOutcome.Refused(HostProblem problem) ->
              throw new RefusedOfferException(problem);
        };
    int pid = message.pid().orElse(peer);
    Optional<PidFd> process = process(pid);
    IommufdHandover terms =
        new IommufdHandover(
            devIds, message.ioas(), () -> process.map(it -> !it.hasEnded()).orElse(true));
    VmmContext context = new VmmContext(shared, terms);
    VmSpace space = live.of(members.getFirst()).space();
    DeviceOwningVmm vmm =
        new DeviceOwningVmm(
            message.vm(), members, space, shared, context, pid, process, descriptors(pid));
    vmm.devices.putAll(wanted);
    return begin(vmm);
  }

  private DeviceOwningVmm begin(DeviceOwningVmm vmm) {
    if (vmm.space.hasVmmEnded()) {
      reattach(vmm);
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
    List<RegisteredVsmmu> members = members(vm);
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
      return new VmmView.HandOver.Refused(refused.problem);
    }
  }

  /** Takes over devices that are in the logs already, because an earlier process attached them. */
  private void reattach(DeviceOwningVmm vmm) {
    boolean there = true;
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      var state = vsmmus.state(vsmmu);
      for (DeviceState device : state.devices().values()) {
        there &=
            VmmFinder.hasObjects(vmm.context, state)
                && vmm.context
                    .bindAgain(
                        device.device().address(), VmmFinder.kernelId(state, device.deviceHandle()))
                    .isOk();
      }
    }
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      for (DeviceState device : vsmmus.state(vsmmu).devices().values()) {
        if (!there) {
          vsmmus.detach(vsmmu.name(), device.streamId(), SUBJECT);
          continue;
        }
        VmmDevice known = vmm.devices.get(device.device().address());
        if (known != null) {
          known.enter(VmmDeviceState.ATTACHED);
        }
      }
    }
    vmm.space.useVmmIommufd(vmm.context, there);
    if (there) {
      vmm.vsmmus.forEach(live::bringBackLent);
      vmm.space.sweep();
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

  /** Refuses all devices if another one has the StreamID of one of them. */
  private static void mustBeAlone(Collection<VmmDevice> wanted, DeviceOwningVmm known) {
    synchronized (known) {
      List<VmmDevice> others =
          known.devices.values().stream()
              .filter(other -> other.state() != VmmDeviceState.RETURNED)
              .filter(other -> other.state() != VmmDeviceState.FAILED)
              .toList();
      int index = 0;
      for (VmmDevice device : wanted) {
        mustBeAlone(device, others, index++);
      }
    }
  }

  /** Refuses a device whose StreamID another device of its vSMMU has. */
  private static void mustBeAlone(VmmDevice device, Collection<VmmDevice> others, int index) {
    others.stream()
        .filter(other -> !other.address.equals(device.address))
        .filter(other -> other.vsmmu().equals(device.vsmmu()))
        .filter(other -> other.streamId().isPresent())
        .filter(other -> other.streamId().equals(device.streamId()))
        .findFirst()
        .ifPresent(
            other -> {
              throw new RefusedOfferException(
                  new HostProblem(
                      Kind.WRONG_MESSAGE,
                      "devices[%d].sid".formatted(index),
                      "0x%x, which %s has".formatted(device.streamId().getAsInt(), other.address),
                      Advice.SEND_FIELD.with("a StreamID of its own for each device of a vSMMU")));
            });
  }

  private DeviceOwningVmm add(
      DeviceOwningVmm vmm,
      Map<String, VmmDevice> wanted,
      Map<String, Integer> devIds,
      List<Fd> files) {
    synchronized (vmm) {
      List<String> added = new ArrayList<>();
      for (String address : wanted.keySet()) {
        Optional<HostProblem> refused = host.addFile(vmm.iommufd, files.get(added.size()));
        if (refused.isPresent()) {
          files.subList(added.size() + 1, files.size()).forEach(Fd::close);
          added.forEach(vmm.context::release);
          throw new RefusedOfferException(refused.get());
        }
        added.add(address);
      }
      vmm.context.addDeviceIds(devIds);
      vmm.devices.putAll(wanted);
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
      mustTakeDescriptors();
      if (devices.size() > VmmOwnedLimits.DEVICES) {
        throw new RefusedOfferException(VmmProblems.tooManyDevices());
      }
      OpenFiles files = host.processes().map(all -> all.of(pid)).orElse(nothing(pid));
      boolean more = iommufd.isEmpty() && ioas.isEmpty() && isKnown(vm, pid);
      if (!more) {
        numbers.add(iommufd.isPresent() ? iommufd.getAsInt() : onlyIommufd(files));
      }
      for (int i = 0; i < devices.size(); i++) {
        VmmMessage.Device device = devices.get(i);
        int number = device.file() >= 0 ? device.file() : fileOf(files, addresses.get(i));
        numbered.add(
            new VmmMessage.Device(
                numbers.size(), device.vsmmu(), device.streamId(), device.devId(), device.ats()));
        numbers.add(number);
      }
      List<Fd> copies = VmmProcesses.copies(pid, numbers);
      mustBeOf(addresses, copies.subList(more ? 0 : 1, copies.size()), copies);
      OptionalInt first = more ? OptionalInt.empty() : OptionalInt.of(0);
      VmmMessage message = new VmmMessage(vm, first, ioas, OptionalInt.of(pid), numbered);
      return offer(message, copies, pid);
    } catch (RefusedOfferException refused) {
      return new VmmView.HandOver.Refused(refused.problem);
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

  /** A number that is given together with an address names a file of that device. */
  private void mustBeOf(List<String> addresses, List<Fd> files, List<Fd> all) {
    for (int i = 0; i < files.size(); i++) {
      String address = addresses.get(i).toLowerCase(Locale.ROOT);
      Optional<String> found = host.addressOf(files.get(i));
      if (!address.isEmpty() && found.isPresent() && !found.get().equals(address)) {
        all.forEach(Fd::close);
        throw new RefusedOfferException(
            new HostProblem(
                Kind.WRONG_MESSAGE,
                "devices[%d].fd".formatted(i),
                "a file of " + found.get(),
                Advice.SEND_FIELD.with("the number of a file of " + address)));
      }
    }
  }

  private static OpenFiles nothing(int pid) {
    return new OpenFiles(pid, List.of(), Map.of());
  }

  private static int onlyIommufd(OpenFiles files) {
    if (files.iommufds().size() != 1) {
      throw new RefusedOfferException(
          new HostProblem(
              files.iommufds().isEmpty() ? Kind.NO_SUCH_DESCRIPTOR : Kind.AMBIGUOUS,
              "iommufd",
              "process %d has %d of them open, as far as can be seen"
                  .formatted(files.pid(), files.iommufds().size()),
              Advice.NAME_DESCRIPTOR.with()));
    }
    return files.iommufds().getFirst();
  }

  private static int fileOf(OpenFiles files, String address) {
    Integer number = files.devices().get(address.toLowerCase(Locale.ROOT));
    if (number == null) {
      throw new RefusedOfferException(
          new HostProblem(
              Kind.NO_SUCH_DESCRIPTOR,
              address,
              "process %d does not have it open, as far as can be seen".formatted(files.pid()),
              Advice.NAME_DESCRIPTOR.with()));
    }
    return number;
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
        Thread.ofPlatform().daemon().name("vmm-connects").start(() -> all.forEach(this::takeBound));
    try {
      taking.join(VmmWatchLimits.CONNECT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeBound(DeviceOwningVmm vmm) {
    try {
      synchronized (vmm) {
        vmm.devices.values().stream()
            .filter(device -> device.state() == VmmDeviceState.WAITING)
            .filter(device -> vmm.iommufd.isBound(device.address))
            .forEach(device -> take(vmm, device));
      }
    } catch (RuntimeException failed) {
      LOGGER.log(
          Level.WARNING,
          "Devices of a VMM are not attached yet; the next check tries again",
          failed);
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
        check(vmm);
      }
    }
  }

  private void check(DeviceOwningVmm vmm) {
    synchronized (vmm) {
      boolean attached =
          vmm.devices.values().stream().anyMatch(d -> d.state() == VmmDeviceState.ATTACHED);
      if (attached) {
        noticeDetached(vmm);
      }
      for (VmmDevice device : vmm.devices.values()) {
        switch (device.state()) {
          case WAITING -> tryToTake(vmm, device);
          case UNPLUGGED -> lookForFile(vmm, device);
          case FOUND -> lookForVsmmu(vmm, device);
          case ATTACHED, RETURNED, FAILED -> {}
        }
      }
    }
  }

  private void tryToTake(DeviceOwningVmm vmm, VmmDevice device) {
    if (!vmm.iommufd.isBound(device.address)) {
      device.boundSince = 0;
      return;
    }
    long now = System.nanoTime();
    if (device.boundSince == 0) {
      device.boundSince = now;
    }
    if (now - device.boundSince < VmmWatchLimits.SETTLE.toNanos()) {
      return;
    }
    take(vmm, device);
  }

  private void take(DeviceOwningVmm vmm, VmmDevice device) {
    switch (vmm.context.bind(device.address)) {
      case HostResult.Ok<Integer>(Integer devId) -> found(vmm, device);
      case HostResult.Refused<Integer>(var errno) -> {
        VmmRefusal why = VmmRefusal.of(errno).orElse(VmmRefusal.OTHER_IOMMUFD);
        if (!why.isTemporary()) {
          fails(vmm, device, VmmProblems.of(device.address, why));
        }
      }
    }
  }

  private void found(DeviceOwningVmm vmm, VmmDevice device) {
    if (!vmm.space.ownedByVmm()) {
      vmm.space.useVmmIommufd(vmm.context, false);
    }
    if (device.streamId().isEmpty()) {
      device.enter(VmmDeviceState.FOUND);
      return;
    }
    try {
      vsmmus.attach(
          device.vsmmu(), device.address, device.streamId().getAsInt(), device.ats, SUBJECT);
      device.enter(VmmDeviceState.ATTACHED);
      LOGGER.log(
          Level.INFO,
          "{0} of the VMM of {1} is behind vSMMU {2}",
          device.address,
          vmm.vm,
          device.vsmmu());
    } catch (RequestRefusedException refused) {
      vmm.context.release(device.address);
      fails(vmm, device, problem(refused));
    }
  }

  /** Notices that an operator attached the device by its address. */
  private void lookForVsmmu(DeviceOwningVmm vmm, VmmDevice device) {
    vsmmus
        .holder(device.address)
        .filter(vmm.vsmmus::contains)
        .ifPresent(
            holder ->
                vsmmus.state(holder).devices().values().stream()
                    .filter(there -> there.device().address().equals(device.address))
                    .findFirst()
                    .ifPresent(there -> device.attachedTo(holder.name(), there.streamId())));
  }

  private static HostProblem problem(RequestRefusedException refused) {
    return new HostProblem(Kind.WRONG_MESSAGE, refused.problems().getFirst());
  }

  private static void fails(DeviceOwningVmm vmm, VmmDevice device, HostProblem problem) {
    device.fails(problem);
    LOGGER.log(
        Level.WARNING,
        "{0} of the VMM of {1} is not behind its vSMMU: {2}",
        device.address,
        vmm.vm,
        problem.what().message());
  }

  /** Finds devices that the VMM unplugged or attached elsewhere, or that an operator detached. */
  private void noticeDetached(DeviceOwningVmm vmm) {
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      for (int streamId : live.of(vsmmu).detachedByVmm()) {
        device(vmm, vsmmu, streamId).ifPresent(device -> detach(vmm, device));
      }
    }
    for (VmmDevice device : vmm.devices.values()) {
      if (device.state() != VmmDeviceState.ATTACHED) {
        continue;
      }
      if (!vmm.iommufd.files().contains(device.address)) {
        device.enter(VmmDeviceState.RETURNED);
      } else if (vmm.descriptors.flatMap(open -> open.has(device.address)).equals(GONE)) {
        detach(vmm, device);
      }
    }
  }

  private static Optional<VmmDevice> device(
      DeviceOwningVmm vmm, RegisteredVsmmu vsmmu, int streamId) {
    return vmm.devices.values().stream()
        .filter(device -> device.vsmmu().equals(vsmmu.name()))
        .filter(device -> device.streamId().equals(OptionalInt.of(streamId)))
        .findFirst();
  }

  private void detach(DeviceOwningVmm vmm, VmmDevice device) {
    Integer devId = vmm.context.devices().get(device.address);
    vsmmus.detach(device.vsmmu(), device.streamId().orElseThrow(), SUBJECT);
    if (devId != null && vmm.context.exists(devId)) {
      fails(vmm, device, VmmProblems.attachedElsewhere(device.address));
    } else {
      device.enter(VmmDeviceState.UNPLUGGED);
      LOGGER.log(Level.INFO, "The VMM of {0} unplugged {1}", vmm.vm, device.address);
    }
  }

  /** Finds the new file of a device that the VMM plugged in again. */
  private void lookForFile(DeviceOwningVmm vmm, VmmDevice device) {
    OptionalInt number =
        vmm.descriptors.map(open -> open.find(device.address)).orElse(OptionalInt.empty());
    if (number.isEmpty()) {
      return;
    }
    try {
      Fd copy = VmmProcesses.copies(vmm.pid, List.of(number.getAsInt())).getFirst();
      Optional<HostProblem> refused = host.addFile(vmm.iommufd, copy);
      if (refused.isPresent()) {
        fails(vmm, device, refused.get());
      } else {
        device.enter(VmmDeviceState.WAITING);
      }
    } catch (PosixException notNow) {
      LOGGER.log(Level.DEBUG, "{0}: {1}", device.address, notNow.getMessage());
    }
  }

  /** Detaches the devices of a VMM. If it lives, they use its own page table again. */
  private void end(DeviceOwningVmm vmm) {
    synchronized (vmm) {
      for (VmmDevice device : vmm.devices.values()) {
        if (device.state() == VmmDeviceState.ATTACHED
            && vmm.context.devices().containsKey(device.address)) {
          vsmmus.detach(device.vsmmu(), device.streamId().orElseThrow(), SUBJECT);
        }
        device.enter(VmmDeviceState.RETURNED);
      }
      vmm.close();
    }
    vmms.remove(vmm.vm, vmm);
  }

  // --- What is known of VMMs.

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
