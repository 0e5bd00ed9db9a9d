package io.vsmmu.control.vmm;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.VmmMessage;
import io.vsmmu.control.host.VmmProblems;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.kernel.VmmProcesses.OpenFiles;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Checks the descriptors that a VMM offers, or that are copied from its process, before any of them
 * is used. Every check throws {@link RefusedOfferException} with the field of the message that is
 * wrong. Has no state of its own.
 */
final class OfferChecks {

  private final LocalHost host;
  private final VsmmuAdministration vsmmus;

  OfferChecks(LocalHost host, VsmmuAdministration vsmmus) {
    this.host = host;
    this.vsmmus = vsmmus;
  }

  /**
   * The devices that a message names, checked one by one.
   *
   * @param members the vSMMUs that they can be behind
   * @param devices in the order of the message, by PCI address
   * @param devIds ids on the iommufd by PCI address, of those whose id was sent
   * @param files the devices' files in the order of the message
   */
  record Wanted(
      List<RegisteredVsmmu> members,
      SequencedMap<String, VmmDevice> devices,
      Map<String, Integer> devIds,
      List<Fd> files) {}

  /** Checks the devices of a message whose descriptors are {@code descriptors}. */
  Wanted wanted(VmmMessage message, List<Fd> descriptors) {
    mustTakeDescriptors();
    List<RegisteredVsmmu> members = members(message.vm());
    SequencedMap<String, VmmDevice> wanted = new LinkedHashMap<>();
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
    return new Wanted(members, wanted, devIds, files);
  }

  void mustTakeDescriptors() {
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

  static RefusedOfferException busy(String vm, DeviceOwningVmm known) {
    return new RefusedOfferException(
        new HostProblem(
            Kind.VM_BUSY,
            "vm",
            "%s has a VMM already, process %d".formatted(vm, known.pid),
            Advice.END_VMM.with()));
  }

  List<RegisteredVsmmu> members(String vm) {
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

  /** Refuses all devices if another one has the StreamID of one of them. */
  static void mustBeAlone(Collection<VmmDevice> wanted, DeviceOwningVmm known) {
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

  /** A number that is given together with an address names a file of that device. */
  void mustBeOf(List<String> addresses, List<Fd> files, List<Fd> all) {
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

  static OpenFiles nothing(int pid) {
    return new OpenFiles(pid, List.of(), Map.of());
  }

  static int onlyIommufd(OpenFiles files) {
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

  static int fileOf(OpenFiles files, String address) {
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
}
