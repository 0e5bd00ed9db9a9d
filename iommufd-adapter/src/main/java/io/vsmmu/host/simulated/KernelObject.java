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

  /**
   * Number of objects and descriptors that use this one; it can be destroyed only when there is
   * none.
   */
  int users;

  KernelObject(int id) {
    this.id = id;
  }

  /** A bound device. Its vfio descriptor counts as a user for as long as the device is bound. */
  static final class Device extends KernelObject {
    final Topology.Device config;
    final Group group;
    boolean attached;

    /**
     * Number of copies of the open file through which it is bound; when the last is closed, it is
     * unbound.
     */
    int files = 1;

    /** Whether the guest's driver enabled its bus mastering, so that it may do DMA. */
    boolean busMaster = true;

    @Nullable Vdevice vdevice;

    /** Replaces the StreamID of a fault by the vSID; set by attaching a nested HWPT. */
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

  /**
   * The vIOMMU that receives the faults of a device, and the vSID that they carry, as they were
   * when the device was attached.
   */
  record Vmaster(Viommu viommu, long vsid) {}

  static final class Ioas extends KernelObject {
    final AddressSpace space = new AddressSpace();

    Ioas(int id) {
      super(id);
    }
  }

  abstract static sealed class Hwpt extends KernelObject {
    final String smmu;

    Hwpt(int id, String smmu) {
      super(id);
      this.smmu = smmu;
    }
  }

  /**
   * An HWPT whose translations are those of an IOAS; with {@code IOMMU_HWPT_ALLOC_NEST_PARENT}
   * nested ones are allocated on it.
   */
  static final class PagingHwpt extends Hwpt {
    final Ioas ioas;
    final boolean nestParent;

    /**
     * Whether it was allocated by attaching an IOAS; it is then destroyed with its last attachment.
     */
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

  static final class NestedHwpt extends Hwpt {
    final Viommu viommu;
    final NestedSte ste;

    NestedHwpt(int id, Viommu viommu, NestedSte ste) {
      super(id, viommu.smmu.name());
      this.viommu = viommu;
      this.ste = ste;
    }
  }

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

  /**
   * A command queue of the guest that the SMMU reads directly. The queue of the next index counts
   * as a user.
   */
  static final class HwQueue extends KernelObject {
    final Viommu viommu;
    final int index;

    HwQueue(int id, Viommu viommu, int index) {
      super(id);
      this.viommu = viommu;
      this.index = index;
    }
  }

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

  /** A vEVENTQ. Its open descriptor counts as a user. */
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
