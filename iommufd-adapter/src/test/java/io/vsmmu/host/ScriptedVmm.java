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

  /** The IOAS with the guest's RAM, made when it is asked for first. */
  int ioas();

  /** One more IOAS. */
  int secondIoas();

  /** Attaches a device, whoever attached it before. */
  void attach(String address, int ptId);

  /** The guest's driver lets the device do DMA. */
  void enableDma(String address);

  /** Detaches the device and closes its file. */
  void unplug(String address);

  /** Copies of its iommufd and of the files of these devices. */
  SharedIommufd share(List<String> addresses);

  /** Copies of its iommufd and of the file of a device that another VMM has. */
  SharedIommufd shareWith(ScriptedVmm other, String address);

  /** Ends it: all its descriptors are closed. */
  @Override
  void close();
}
