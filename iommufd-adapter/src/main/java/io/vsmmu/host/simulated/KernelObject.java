package io.vsmmu.host.simulated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of one iommufd, with the count of its users (drivers/iommu/iommufd/iommufd_private.h).
 */
abstract sealed class KernelObject {

  final int id;

  /** What keeps the object from being destroyed. */
  int users;

  KernelObject(int id) {
    this.id = id;
  }

  /** A bound device. Its vfio descriptor is a user for as long as it is bound. */
  static final class Device extends KernelObject {
    final Topology.Device config;
    final Group group;
    boolean attached;

    /** Copies of the open file that it is bound through; without one it is unbound. */
    int files = 1;

    /** Whether its driver, in the guest, let it do DMA. */
    boolean busMaster = true;

    @Nullable Vdevice vdevice;

    /** What turns the StreamID of a fault into a vSID; set by attaching a nested HWPT. */
    @Nullable Vmaster vmaster;

    Device(int id, Topology.Device config, Group group) {
      super(id);
      this.config = config;
      this.group = group;
      this.users = 1;
    }
  }

  /** An iommu group within this iommufd. */
  static final class Group {
    final List<Device> attached = new ArrayList<>();
    @Nullable Hwpt hwpt;
  }

  /** Where faults of a device go: the vIOMMU and vSID at the time of the attach. */
  record Vmaster(Viommu viommu, long vsid) {}

  /** An IOAS. */
  static final class Ioas extends KernelObject {
    final AddressSpace space = new AddressSpace();

    Ioas(int id) {
      super(id);
    }
  }

  /** An HWPT of either kind. */
  abstract static sealed class Hwpt extends KernelObject {
    final String smmu;

    Hwpt(int id, String smmu) {
      super(id);
      this.smmu = smmu;
    }
  }

  /** An HWPT that maps an IOAS. */
  static final class PagingHwpt extends Hwpt {
    final Ioas ioas;
    final boolean nestParent;

    /** Made by attaching an IOAS; goes with its last attachment. */
    final boolean automatic;

    final int vmid;

    PagingHwpt(int id, String smmu, Ioas ioas, boolean nestParent, boolean automatic, int vmid) {
      super(id, smmu);
      this.ioas = ioas;
      this.nestParent = nestParent;
      this.automatic = automatic;
      this.vmid = vmid;
    }
  }

  /** A nested HWPT. */
  static final class NestedHwpt extends Hwpt {
    final Viommu viommu;
    final NestedSte ste;

    NestedHwpt(int id, Viommu viommu, NestedSte ste) {
      super(id, viommu.smmu.name());
      this.viommu = viommu;
      this.ste = ste;
    }
  }

  /** A vIOMMU. */
  static final class Viommu extends KernelObject {
    final Topology.Smmu smmu;
    final PagingHwpt parent;
    final Map<Long, Vdevice> vdevices = new HashMap<>();
    final Map<Integer, Veventq> veventqs = new HashMap<>();
    final IssuedLog issued = new IssuedLog();
    final Map<Integer, HwQueue> hwQueues = new HashMap<>();
    final InvalidationRules rules;
    final int type;

    Viommu(int id, Topology.Smmu smmu, PagingHwpt parent, int type) {
      super(id);
      this.type = type;
      this.smmu = smmu;
      this.parent = parent;
      this.rules = InvalidationRules.of(smmu);
    }
  }

  /** A command queue of the guest that the SMMU reads itself. The next one is a user. */
  static final class HwQueue extends KernelObject {
    final Viommu viommu;
    final int index;

    HwQueue(int id, Viommu viommu, int index) {
      super(id);
      this.viommu = viommu;
      this.index = index;
    }
  }

  /** A vDEVICE. */
  static final class Vdevice extends KernelObject {
    final Viommu viommu;
    final Device device;
    final long virtId;

    Vdevice(int id, Viommu viommu, Device device, long virtId) {
      super(id);
      this.viommu = viommu;
      this.device = device;
      this.virtId = virtId;
    }
  }

  /** A vEVENTQ. Its open descriptor is a user. */
  static final class Veventq extends KernelObject {
    final Viommu viommu;
    final int type;
    final VeventQueue queue;
    boolean open = true;

    Veventq(int id, Viommu viommu, int type, int depth) {
      super(id);
      this.viommu = viommu;
      this.type = type;
      this.queue = new VeventQueue(depth);
      this.users = 1;
    }
  }
}
