package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.IommufdContext;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.KeptDescriptors;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;

/**
 * A vSMMU and its guest on the running kernel. The kernel does not report the attachment of a
 * device. It is observed by the device's DMA, and by the refusal to destroy the HWPT to which it is
 * attached.
 */
final class KernelRig extends GuestRig<KernelRig> {

  /** The guest's ID registers: those of the SMMU of the host lab, without stage 2. */
  static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false).withAts(false);

  static final StreamTableEntry FIRST = Entries.translate(GuestRam.FIRST_CONTEXT);
  static final StreamTableEntry SECOND = Entries.translate(GuestRam.SECOND_CONTEXT);

  /** Described before any test binds a device. */
  private static final HostDescription HOST = new IommufdHost().describe();

  private WatchedHost host;
  private final GuestRam ram;

  /** A vSMMU of a VM of its own, with RAM. */
  static KernelRig alone(IommufdHost host, GuestRam ram) {
    WatchedHost watched = new WatchedHost(host);
    VmSpace space = new VmSpace(watched);
    return new KernelRig(watched, space, ram).shares(space);
  }

  /** A vSMMU of a VM that may have others; no RAM is shared yet. */
  KernelRig(WatchedHost host, VmSpace space, GuestRam ram) {
    super(space, IDS, VsmmuProperties.ALL_AUTO);
    this.host = host;
    this.ram = ram;
  }

  @Override
  KernelRig self() {
    return this;
  }

  @Override
  HostDevice described(String address) {
    HostDescription.Device device = HOST.device(address).orElseThrow();
    SmmuIds ids = device.hwInfo().map(HwInfo::ids).orElseThrow();
    return new HostDevice(address, device.smmu(), device.iommuGroup(), HostIds.read(ids), false)
        .withOwnedByVmm(ownedByVmm())
        .withGroupMates(otherMembers(HOST, device));
  }

  /** The guest's RAM becomes known to the VM in the name of this vSMMU. */
  KernelRig shares(VmSpace space) {
    assertThat(space.share(this, GuestRam.BASE, GuestRam.SIZE, MapAccess.READ_WRITE, ram.source()))
        .isEmpty();
    return this;
  }

  /** Observes the objects on another process's host from here on. */
  KernelRig on(WatchedHost other) {
    host = other;
    return this;
  }

  IommufdContext context() {
    return (IommufdContext) host.context().orElseThrow();
  }

  /** A device that does DMA on command, by calls that never fail. */
  EduDevice edu(String address) {
    KeptDescriptors.Device device =
        context().descriptors().devices().stream()
            .filter(kept -> kept.address().equals(address))
            .findFirst()
            .orElseThrow();
    return new EduDevice(VfioDevice.over(KernelCalls.system(), device.fd()));
  }

  /** The addresses by which the device's DMA reaches the RAM. */
  GuestRam.Way way(String address) {
    return ram.way(edu(address));
  }

  /** Checks that the DMA of every device behaves as the log says. */
  KernelRig agrees() {
    for (DeviceState device : state().devices().values()) {
      String address = device.device().address();
      assertThat(way(address)).as(address).isEqualTo(expected(stream(address)));
    }
    return holds();
  }

  private GuestRam.Way expected(StreamState stream) {
    if (stream.effective() == StreamBehaviour.BYPASS) {
      return GuestRam.Way.BYPASS;
    }
    if (stream.effective() != StreamBehaviour.TRANSLATE) {
      return GuestRam.Way.NONE;
    }
    long word0 = state().objects().get(stream.hwpt()).word0();
    return word0 == FIRST.word0() ? GuestRam.Way.FIRST : GuestRam.Way.SECOND;
  }

  /**
   * Checks that the HWPT to which the log attaches a device is in use, or that the log records the
   * failure.
   */
  KernelRig holds() {
    for (DeviceState device : state().devices().values()) {
      StreamState stream = state().streams().get(device.streamId());
      if (state().health().status() != Health.Status.FAILED) {
        HostObject hwpt = state().objects().get(stream.hwpt());
        assertThat(destroy(hwpt.kernelId())).isEqualTo(Errno.EBUSY);
      } else {
        assertThat(stream.effective()).isEqualTo(StreamBehaviour.ABORT);
      }
    }
    return this;
  }

  /** The error of destroying an object, by calls that never fail by plan. */
  Errno destroy(int id) {
    return Iommufd.over(KernelCalls.system(), context().descriptors().iommufd())
        .destroy(id)
        .refusal()
        .orElseThrow();
  }
}
