package io.vsmmu.control.placement;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.Remedy;
import io.vsmmu.host.apply.HostMatch;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/**
 * Compares a vSMMU, in the state that its log gives, with a host: every difference keeps the vSMMU
 * from running there. It does not ask which process has the devices now, because on the host where
 * the vSMMU runs it has them itself.
 */
public final class HostSuitability {

  private static final int EATS_FULL = 1;

  private final LocalHost host;
  private final VsmmuState state;
  private final Map<String, String> substitutes;
  private final HostDescription description;
  private final List<Problem> differences = new ArrayList<>();

  /** The devices of the log that have a counterpart on the host. */
  private final SequencedMap<DeviceState, HostDescription.Device> found = new LinkedHashMap<>();

  private HostSuitability(LocalHost host, VsmmuState state, Map<String, String> substitutes) {
    this.host = host;
    this.state = state;
    this.substitutes = substitutes;
    this.description = host.describe();
  }

  /**
   * Compares.
   *
   * @param substitutes PCI addresses of the log, each with that of the device that takes its part
   * @return the host's values as given and the vSMMU's as required, in the order kernel, devices,
   *     SMMU, groups, streams; empty when the vSMMU could run on the host
   */
  public static List<Problem> compare(
      LocalHost host, VsmmuState state, Map<String, String> substitutes) {
    HostSuitability check = new HostSuitability(host, state, substitutes);
    check.kernel();
    check.devices();
    check.physicalSmmu();
    check.groups();
    state.devices().values().forEach(check::stream);
    return List.copyOf(check.differences);
  }

  private void differs(String field, Object needed, Object there, Remedy remedy) {
    differences.add(
        new Problem(field, String.valueOf(there), String.valueOf(needed), remedy.text()));
  }

  private void kernel() {
    KernelSupport kernel = description.kernel();
    List<Feature> needed = new ArrayList<>();
    if (!state.devices().isEmpty()) {
      needed.addAll(
          List.of(Feature.IOMMUFD, Feature.VFIO_CDEV, Feature.VIOMMU_ARM_SMMUV3, Feature.VEVENTQ));
    }
    needed.stream()
        .filter(feature -> !kernel.has(feature))
        .forEach(
            feature ->
                differs(
                    "kernel." + feature,
                    "Linux " + feature.since() + " or later",
                    "Linux " + kernel.release(),
                    Advice.USE_NEWER_KERNEL.with(feature.since(), feature.consequence())));
  }

  private void devices() {
    for (DeviceState device : state.devices().values()) {
      String known = device.device().address();
      String address = substitutes.getOrDefault(known, known);
      String field = "devices[" + known + "]";
      Optional<HostDescription.Device> there = description.device(address);
      if (there.isEmpty()) {
        differs(
            field,
            "a device behind an SMMUv3",
            address + ": " + host.absent(address).what().given(),
            Advice.NAME_SUBSTITUTE.with());
        continue;
      }
      host.problem(there.get())
          .ifPresent(
              problem ->
                  differences.add(
                      new Problem(
                          field,
                          problem.what().given(),
                          "a device on vfio-pci",
                          problem.what().remedy())));
      identity(device, there.get(), field);
      if (found.containsValue(there.get())) {
        differs(field, "a device of its own", address, Advice.USE_EACH_DEVICE_ONCE.with());
      }
      found.put(device, there.get());
    }
    if (state.devices().isEmpty()) {
      anySmmu();
    }
  }

  private void identity(DeviceState device, HostDescription.Device there, String field) {
    if (there.streamIds().size() > 1) {
      differs(
          field + ".streamIds",
          "one StreamID",
          there.streamIds().size() + " of them",
          Advice.USE_DEVICE_WITH_ONE_STREAM.with());
    }
    there.hwInfo().ifPresent(info -> hardware(device, info, field));
  }

  private void hardware(DeviceState device, HwInfo info, String field) {
    for (Problem mismatch : HostMatch.compare(state.ids(), info)) {
      // Every device behind one SMMU gives the same answer; it is reported once.
      String name = mismatch.field();
      if (differences.stream().noneMatch(known -> known.field().equals(name))) {
        differences.add(mismatch);
      }
    }
    if (device.atsEnabled() && info.atsNotSupported()) {
      differs(
          field + ".ats", "on", "the device has no ATS here", Advice.USE_DEVICE_WITH_ATS.with());
    }
  }

  /** A vSMMU without devices fits a host if one of its SMMUs backs what the ID registers show. */
  private void anySmmu() {
    List<List<Problem>> each =
        description.smmus().stream()
            .flatMap(smmu -> smmu.ids().stream())
            .map(ids -> new HwInfo(HwInfo.TYPE_ARM_SMMUV3, ids, 0, 0))
            .map(info -> HostMatch.compare(state.ids(), info))
            .toList();
    if (each.stream().noneMatch(List::isEmpty)) {
      each.stream().flatMap(List::stream).distinct().forEach(differences::add);
    }
    if (each.isEmpty()) {
      differs(
          "smmu",
          "an SMMUv3 whose ID registers are known",
          "none",
          Advice.BIND_TO_READ_SMMU.with());
    }
  }

  private void physicalSmmu() {
    TreeSet<String> smmus = new TreeSet<>();
    found.values().forEach(device -> smmus.add(device.smmu()));
    if (smmus.size() > 1) {
      differs(
          "smmu",
          "one physical SMMU before all devices",
          String.join(", ", smmus),
          Advice.USE_DEVICES_BEHIND_ONE_SMMU.with());
    }
  }

  /**
   * A host attaches the devices of a group together: devices that were in different groups in the
   * log must be in different groups here, and devices of one group in one group.
   */
  private void groups() {
    found.forEach(
        (device, there) -> {
          String field = "devices[" + device.device().address() + "].group";
          found.forEach(
              (other, otherThere) -> {
                boolean later = other.streamId() > device.streamId();
                boolean together = device.device().group() == other.device().group();
                boolean togetherThere = there.iommuGroup() == otherThere.iommuGroup();
                if (later && togetherThere && !together) {
                  differs(
                      field,
                      "apart from " + other.device().address(),
                      "both in iommu group " + there.iommuGroup(),
                      Advice.USE_DEVICES_APART.with());
                }
                if (later && together && !togetherThere) {
                  differs(
                      field,
                      "together with " + other.device().address(),
                      "iommu groups " + there.iommuGroup() + " and " + otherThere.iommuGroup(),
                      Advice.USE_DEVICES_TOGETHER.with());
                }
              });
          completeness(device, there, field);
        });
  }

  private void completeness(DeviceState device, HostDescription.Device there, String field) {
    List<String> others =
        description.devices().stream()
            .filter(other -> other.iommuGroup() == there.iommuGroup())
            .filter(other -> !found.containsValue(other))
            .map(HostDescription.Device::address)
            .toList();
    boolean translates =
        state.stream(device.streamId())
            .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
            .isPresent();
    boolean proxiesToo = !description.kernel().has(Feature.ATTACH_WITHOUT_VDEVICE);
    if (!others.isEmpty() && (translates || proxiesToo)) {
      differs(
          field,
          "a group whose devices are all behind the vSMMU",
          "with " + String.join(", ", others),
          Advice.ATTACH_WHOLE_GROUP.with());
    }
  }

  private void stream(DeviceState device) {
    StreamState stream = state.streams().get(device.streamId());
    HostDescription.Device there = found.get(device);
    if (stream == null || there == null || stream.effective() != StreamBehaviour.TRANSLATE) {
      return;
    }
    there.hwInfo().ifPresent(info -> shape(stream, info));
  }

  private void shape(StreamState stream, HwInfo info) {
    String field = "streams[0x" + Integer.toHexString(stream.streamId()) + "]";
    int substreams = state.ids().ssidSize() > 0 ? stream.ste().s1CdMax() : 0;
    if (substreams > info.maxPasidLog2()) {
      differs(
          field + ".S1CDMax",
          substreams + " bits of SubstreamIDs",
          info.maxPasidLog2() + " bits of PASIDs",
          Advice.USE_DEVICE_WITH_PASIDS.with());
    }
    if (stream.ste().eats() == EATS_FULL && info.atsNotSupported()) {
      differs(
          field + ".EATS",
          "full ATS",
          "the device has no ATS here",
          Advice.USE_DEVICE_WITH_ATS.with());
    }
  }
}
