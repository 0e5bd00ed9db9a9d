package io.vsmmu.host.simulated;

import io.vsmmu.host.SmmuIds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

public final class TopologyBuilder {

  /** First SMMU of {@link #standard}. */
  public static final String SMMU0 = "smmu3.0x0000000009050000";

  /** Second SMMU of {@link #standard}. */
  public static final String SMMU1 = "smmu3.0x000000000b050000";

  /** The release of the kernel on which the rules were observed. */
  public static final String KERNEL_RELEASE = "7.3.4";

  private static final int FIRST_GROUP = 1;
  private static final int IIDR = 0x0000_043B;
  private static final int AIDR_3_2 = 2;
  private static final int BUS_SHIFT = 8;
  private static final int DEVICE_SHIFT = 3;

  private static final Map<IdMask, Integer> STANDARD_FIELDS =
      Map.ofEntries(
          Map.entry(IdMask.S2P, 1),
          Map.entry(IdMask.S1P, 1),
          Map.entry(IdMask.TTF, 2),
          Map.entry(IdMask.COHACC, 1),
          Map.entry(IdMask.HTTU, 2),
          Map.entry(IdMask.ATS, 1),
          Map.entry(IdMask.ASID16, 1),
          Map.entry(IdMask.MSI, 1),
          Map.entry(IdMask.VMID16, 1),
          Map.entry(IdMask.CD2L, 1),
          Map.entry(IdMask.TTENDIAN, 2),
          Map.entry(IdMask.TERM_MODEL, 1),
          Map.entry(IdMask.ST_LEVEL, 1),
          Map.entry(IdMask.SIDSIZE, 32),
          Map.entry(IdMask.SSIDSIZE, 20),
          Map.entry(IdMask.EVENTQS, 19),
          Map.entry(IdMask.CMDQS, 19),
          Map.entry(IdMask.HAD, 1),
          Map.entry(IdMask.FWB, 1),
          Map.entry(IdMask.RIL, 1),
          Map.entry(IdMask.BBML, 2),
          Map.entry(IdMask.OAS, 5),
          Map.entry(IdMask.GRAN4K, 1),
          Map.entry(IdMask.GRAN16K, 1),
          Map.entry(IdMask.GRAN64K, 1));

  private final List<Topology.Smmu> smmus = new ArrayList<>();
  private final List<Topology.Device> devices = new ArrayList<>();
  private final Set<Integer> resettableBuses = new HashSet<>();
  private Topology.Kernel kernel = Topology.Kernel.complete(KERNEL_RELEASE);

  /** A builder with a complete kernel and neither SMMUs nor devices. */
  public static TopologyBuilder empty() {
    return new TopologyBuilder();
  }

  /** A builder that starts from a topology. */
  public static TopologyBuilder of(Topology topology) {
    TopologyBuilder builder = empty().kernel(topology.kernel());
    topology.smmus().forEach(builder::smmu);
    topology.devices().forEach(builder::device);
    builder.resettableBuses.addAll(topology.resettableBuses());
    return builder;
  }

  /**
   * Two SMMUs. Behind the first 0000:01:00.0 and 0000:02:00.0 alone in their groups, and
   * 0000:03:00.0 and 0000:03:00.1 in one group; behind the second 0000:81:00.0.
   */
  public static TopologyBuilder standard() {
    return empty()
        .smmu(SMMU0, standardIds())
        .smmu(SMMU1, standardIds())
        .device(device("0000:01:00.0", FIRST_GROUP, SMMU0))
        .device(device("0000:02:00.0", FIRST_GROUP + 1, SMMU0))
        .device(device("0000:03:00.0", FIRST_GROUP + 2, SMMU0))
        .device(device("0000:03:00.1", FIRST_GROUP + 2, SMMU0))
        .device(device("0000:81:00.0", FIRST_GROUP + 3, SMMU1));
  }

  /**
   * A host for a recording: one SMMU with these registers, and the named devices, each alone in its
   * group.
   *
   * @param ids the SMMU's registers as the recording shows them
   * @param addresses PCI addresses
   */
  public static TopologyBuilder recorded(SmmuIds ids, List<String> addresses) {
    TopologyBuilder builder = empty().smmu(SMMU0, ids);
    int group = FIRST_GROUP;
    for (String address : addresses) {
      builder.device(device(address, group++, SMMU0));
    }
    return builder;
  }

  /**
   * The ID registers of an SMMU with everything that a vSMMU can show: 48-bit OAS, all granules,
   * RIL, ATS, HAD, BBML 2, 20-bit SubstreamIDs.
   */
  public static SmmuIds standardIds() {
    return ids(Map.of());
  }

  /** {@link #standardIds} with these fields changed, each to a value that fits it. */
  public static SmmuIds ids(Map<IdMask, Integer> changes) {
    int[] idr = new int[SmmuIds.IDR_COUNT];
    STANDARD_FIELDS.forEach((field, value) -> field.set(idr, value));
    changes.forEach((field, value) -> field.set(idr, value));
    return SmmuIds.ofIdr(idr, IIDR, AIDR_3_2);
  }

  /** A device that is bound to vfio, with ATS, 20-bit PASIDs and its requester id as StreamID. */
  public static Topology.Device device(String address, int group, String smmu) {
    return new Topology.Device(
        address, group, smmu, List.of(requesterId(address)), true, 20, true, false);
  }

  /** Adds an SMMU that nests and is coherent. */
  public TopologyBuilder smmu(String name, SmmuIds ids) {
    return smmu(new Topology.Smmu(name, ids, true, true));
  }

  public TopologyBuilder smmu(Topology.Smmu smmu) {
    smmus.add(smmu);
    return this;
  }

  public TopologyBuilder device(Topology.Device device) {
    devices.add(device);
    return this;
  }

  /** Removes the device at this address, if there is one. */
  public TopologyBuilder withoutDevice(String address) {
    devices.removeIf(device -> device.address().equals(address));
    return this;
  }

  /** Replaces the SMMU of this name by what {@code change} makes of it. */
  public TopologyBuilder changeSmmu(String name, UnaryOperator<Topology.Smmu> change) {
    smmus.replaceAll(smmu -> smmu.name().equals(name) ? change.apply(smmu) : smmu);
    return this;
  }

  /** Replaces the device at this address by what {@code change} makes of it. */
  public TopologyBuilder changeDevice(String address, UnaryOperator<Topology.Device> change) {
    devices.replaceAll(device -> device.address().equals(address) ? change.apply(device) : device);
    return this;
  }

  /** Puts the devices of this bus behind a port that can reset the bus. */
  public TopologyBuilder resettableBus(int bus) {
    resettableBuses.add(bus);
    return this;
  }

  public TopologyBuilder kernel(Topology.Kernel newKernel) {
    kernel = newKernel;
    return this;
  }

  public Topology build() {
    return new Topology(smmus, devices, kernel, resettableBuses);
  }

  private static int requesterId(String address) {
    PciAddress pci = PciAddress.parse(address);
    return pci.bus() << BUS_SHIFT | pci.device() << DEVICE_SHIFT | pci.function();
  }
}
