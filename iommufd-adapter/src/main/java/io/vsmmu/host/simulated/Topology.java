package io.vsmmu.host.simulated;

import static io.vsmmu.host.KernelSupport.Feature;

import io.vsmmu.host.SmmuIds;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The SMMUs, devices and kernel of a simulated host.
 *
 * @param smmus physical SMMUs, names distinct
 * @param devices PCI devices, addresses distinct, each behind one of the SMMUs
 * @param kernel the kernel
 * @param resettableBuses numbers of PCI buses behind a port that can reset them; the kernel reports
 *     the device objects of the devices on such a bus
 */
public record Topology(
    List<Smmu> smmus, List<Device> devices, Kernel kernel, Set<Integer> resettableBuses) {

  /** Widest PASID in bits (PCIe, Max PASID Width). */
  public static final int MAX_PASID_LOG2 = 20;

  /**
   * Most hardware queues of a guest, because the bitmap of their errors has 128 bits
   * (include/uapi/linux/iommufd.h, struct iommu_vevent_tegra241_cmdqv).
   */
  public static final int MAX_HARDWARE_QUEUES = 128;

  public Topology {
    smmus = List.copyOf(smmus);
    devices = List.copyOf(devices);
    resettableBuses = Set.copyOf(resettableBuses);
    Set<String> names = new HashSet<>();
    for (Smmu smmu : smmus) {
      require(names.add(smmu.name), "smmu.name", smmu.name, "a name that no other SMMU has");
    }
    Set<String> addresses = new HashSet<>();
    for (Device device : devices) {
      require(names.contains(device.smmu), "device.smmu", device.smmu, "one of " + names);
      require(
          addresses.add(device.address),
          "device.address",
          device.address,
          "an address that no other device has");
    }
  }

  /** A topology without a bus that can be reset. */
  public Topology(List<Smmu> smmus, List<Device> devices, Kernel kernel) {
    this(smmus, devices, kernel, Set.of());
  }

  /** Whether a reset of its bus reaches the device at this address. */
  boolean canResetBus(String address) {
    return resettableBuses.contains(PciAddress.parse(address).bus());
  }

  /**
   * A physical SMMU.
   *
   * @param name its name
   * @param ids identification registers
   * @param nesting whether it translates in both stages
   * @param coherent whether DMA is coherent whatever a guest configures: S2FWB, or CANWBS of the
   *     root complex in the IORT
   * @param hardwareQueues command queues that a guest can use directly (Tegra241 CMDQV); 0 for none
   */
  public record Smmu(
      String name, SmmuIds ids, boolean nesting, boolean coherent, int hardwareQueues) {

    public Smmu {
      require(
          hardwareQueues >= 0 && hardwareQueues <= MAX_HARDWARE_QUEUES,
          "smmu.hardwareQueues",
          String.valueOf(hardwareQueues),
          "0.." + MAX_HARDWARE_QUEUES);
    }

    /** An SMMU without hardware queues (Tegra241 CMDQV). */
    public Smmu(String name, SmmuIds ids, boolean nesting, boolean coherent) {
      this(name, ids, nesting, coherent, 0);
    }

    /** A copy with these identification registers. */
    public Smmu withIds(SmmuIds other) {
      return new Smmu(name, other, nesting, coherent, hardwareQueues);
    }

    /** A copy that translates in both stages, or does not. */
    public Smmu withNesting(boolean both) {
      return new Smmu(name, ids, both, coherent, hardwareQueues);
    }

    /** A copy whose DMA is coherent, or is not. */
    public Smmu withCoherent(boolean always) {
      return new Smmu(name, ids, nesting, always, hardwareQueues);
    }

    /** A copy with this number of hardware queues for each guest. */
    public Smmu withHardwareQueues(int queues) {
      return new Smmu(name, ids, nesting, coherent, queues);
    }
  }

  /**
   * A PCI device.
   *
   * @param address PCI address
   * @param group iommu group
   * @param smmu name of the SMMU that translates its DMA
   * @param streamIds its StreamIDs
   * @param ats whether it can use ATS
   * @param pasidLog2 width of its PASIDs in bits, 0..{@value #MAX_PASID_LOG2}
   * @param boundToVfio whether vfio-pci holds it
   * @param ssidsInUse whether the host uses its SubstreamIDs
   */
  public record Device(
      String address,
      int group,
      String smmu,
      List<Integer> streamIds,
      boolean ats,
      int pasidLog2,
      boolean boundToVfio,
      boolean ssidsInUse) {

    public Device {
      streamIds = List.copyOf(streamIds);
      require(
          pasidLog2 >= 0 && pasidLog2 <= MAX_PASID_LOG2,
          "device.pasidLog2",
          String.valueOf(pasidLog2),
          "0.." + MAX_PASID_LOG2);
    }

    public Device withStreamIds(List<Integer> ids) {
      return new Device(address, group, smmu, ids, ats, pasidLog2, boundToVfio, ssidsInUse);
    }

    /** A copy that can use ATS, or cannot. */
    public Device withAts(boolean able) {
      return new Device(address, group, smmu, streamIds, able, pasidLog2, boundToVfio, ssidsInUse);
    }

    /** A copy with PASIDs of this width in bits, 0..{@value #MAX_PASID_LOG2}. */
    public Device withPasidLog2(int bits) {
      return new Device(address, group, smmu, streamIds, ats, bits, boundToVfio, ssidsInUse);
    }

    /** A copy that vfio-pci holds, or that is on a driver of the host. */
    public Device withBoundToVfio(boolean bound) {
      return new Device(address, group, smmu, streamIds, ats, pasidLog2, bound, ssidsInUse);
    }

    /** A copy whose SubstreamIDs the host uses, or does not. */
    public Device withSsidsInUse(boolean used) {
      return new Device(address, group, smmu, streamIds, ats, pasidLog2, boundToVfio, used);
    }
  }

  /**
   * The kernel.
   *
   * @param version its release, {@code uname -r}
   * @param gbpaAttachWithoutVdevice whether abort and bypass HWPTs may be attached without a
   *     vDEVICE (6.19)
   * @param veventq whether it has vEVENTQs (Linux 6.15)
   * @param atsCapability whether it reports PCI_ATS_NOT_SUPPORTED
   * @param invalidation how it carries out a batch with a command that it refuses
   */
  public record Kernel(
      String version,
      boolean gbpaAttachWithoutVdevice,
      boolean veventq,
      boolean atsCapability,
      InvalidationModel invalidation) {

    /** A kernel that carries out invalidations as Linux 7.3 does. */
    public Kernel(
        String version, boolean gbpaAttachWithoutVdevice, boolean veventq, boolean atsCapability) {
      this(version, gbpaAttachWithoutVdevice, veventq, atsCapability, InvalidationModel.LINUX_7_3);
    }

    /** A kernel of this release with every feature. */
    public static Kernel complete(String version) {
      return new Kernel(version, true, true, true);
    }

    /** A copy with another model of invalidations. */
    public Kernel with(InvalidationModel model) {
      return new Kernel(version, gbpaAttachWithoutVdevice, veventq, atsCapability, model);
    }

    Set<Feature> features() {
      EnumSet<Feature> features = EnumSet.allOf(Feature.class);
      if (!gbpaAttachWithoutVdevice) {
        features.remove(Feature.ATTACH_WITHOUT_VDEVICE);
      }
      if (!veventq) {
        features.remove(Feature.VEVENTQ);
      }
      if (!atsCapability) {
        features.remove(Feature.ATS_NOT_SUPPORTED_CAPABILITY);
      }
      return features;
    }
  }

  /** Two SMMUs with everything that a vSMMU needs, and five devices, two of them in one group. */
  public static Topology standard() {
    return TopologyBuilder.standard().build();
  }

  private static void require(boolean holds, String field, String value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: '%s', allowed is %s".formatted(field, value, allowed));
    }
  }
}
