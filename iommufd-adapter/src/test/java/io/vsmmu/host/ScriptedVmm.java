package io.vsmmu.host;

import io.vsmmu.host.vmm.SharedIommufd;
import java.util.List;

/** A VMM that binds devices and maps RAM on an iommufd of its own, as QEMU's vfio-pci does. */
public interface ScriptedVmm extends AutoCloseable {

  /** Opens and binds the device, and attaches it to {@link #ioas}; gives its device object. */
  default int plug(String address) {
    int devId = bind(address);
    attach(address, ioas());
    return devId;
  }

  /** Opens and binds the device. */
  int bind(String address);

  /** The IOAS with the guest's RAM, allocated with the first call. */
  int ioas();

  /** One more IOAS. */
  int secondIoas();

  /** Attaches a device; replaces an attachment that another process made. */
  void attach(String address, int ptId);

  /** Enables the device's bus mastering, as the guest's driver does. */
  void enableDma(String address);

  /** Detaches the device and closes its file. */
  void unplug(String address);

  /** Copies of its iommufd and of the files of these devices. */
  SharedIommufd share(List<String> addresses);

  /** Copies of its iommufd and of the file of a device that another VMM has. */
  SharedIommufd shareWith(ScriptedVmm other, String address);

  /** Closes all descriptors, as the end of the VMM's process does. */
  @Override
  void close();
}
