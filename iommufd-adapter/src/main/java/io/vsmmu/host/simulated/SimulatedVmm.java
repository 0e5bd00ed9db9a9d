package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A VMM on a simulated host that binds its devices itself, as QEMU's vfio-pci does: it opens an
 * iommufd, binds a device, makes one IOAS with the guest's RAM, and attaches the device to it.
 */
public final class SimulatedVmm implements AutoCloseable {

  private final SimulatedHost host;
  private final SimulatedContext iommufd;
  private final Map<String, KernelObject.Device> devices = new HashMap<>();
  private int ioas;

  SimulatedVmm(SimulatedHost host, SimulatedContext iommufd) {
    this.host = host;
    this.iommufd = iommufd;
  }

  /** The iommufd that the VMM opened and has bound its devices to. */
  public IommuContext iommufd() {
    return iommufd;
  }

  /**
   * Binds a device and attaches it to the IOAS with the guest's RAM.
   *
   * @return the id of its device object
   */
  public int plug(String address) {
    int devId = bind(address);
    attach(address, ioas());
    return devId;
  }

  /** Binds a device without attaching it; its bus mastering is disabled. */
  public int bind(String address) {
    int devId = iommufd.bind(address).value();
    synchronized (host.lock()) {
      KernelObject.Device device = iommufd.table().get(devId, KernelObject.Device.class).value();
      device.busMaster = false;
      devices.put(address, device);
    }
    return devId;
  }

  /** The IOAS with the guest's RAM, allocated with the first call. */
  public int ioas() {
    if (ioas == 0) {
      ioas = iommufd.allocIoas().value();
    }
    return ioas;
  }

  /** Maps guest RAM into the IOAS. */
  public HostResult<HostResult.Done> map(long iova, long length, RamSource source) {
    return iommufd.map(ioas(), iova, length, MapAccess.READ_WRITE, source);
  }

  /** {@code VFIO_DEVICE_ATTACH_IOMMUFD_PT}; replaces an attachment that another process made. */
  public HostResult<Integer> attach(String address, int ptId) {
    synchronized (host.lock()) {
      return iommufd.attachments().attach(device(address), ptId);
    }
  }

  /** Enables the device's bus mastering, as the guest's driver does. */
  public void enableDma(String address) {
    synchronized (host.lock()) {
      device(address).busMaster = true;
    }
  }

  /** Removes a device: detaches it and closes its file; the IOAS is kept. */
  public void unplug(String address) {
    synchronized (host.lock()) {
      KernelObject.Device device = device(address);
      iommufd.attachments().detach(device);
      iommufd.unbind(device);
      devices.remove(address);
    }
  }

  private KernelObject.Device device(String address) {
    KernelObject.Device device = devices.get(address);
    if (device == null) {
      throw new IllegalArgumentException(address + " was not plugged in");
    }
    return device;
  }

  /** Copies of the iommufd and of the files of these devices, which may be another VMM's too. */
  public SimulatedShare share(List<String> addresses) {
    synchronized (host.lock()) {
      return new SimulatedShare(iommufd, addresses);
    }
  }

  /** Closes all descriptors, as the end of the VMM's process does. */
  @Override
  public void close() {
    synchronized (host.lock()) {
      List.copyOf(devices.values()).forEach(iommufd::unbind);
      devices.clear();
      iommufd.closeCopy();
    }
  }
}
