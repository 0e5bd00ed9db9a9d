package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.ScriptedVmm;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A VMM in this process, with descriptors of its own. */
public final class VmmOnKernel implements ScriptedVmm {

  private static final HostPaths PATHS = HostPaths.system();

  private final IommufdHost host;
  private final Iommufd iommufd = Iommufd.open(KernelCalls.system(), PATHS.iommu()).value();
  private final Map<String, VfioDevice> devices = new HashMap<>();
  private int ioas;

  /**
   * A VMM without devices.
   *
   * @param host receives the descriptors that the VMM shares
   */
  public VmmOnKernel(IommufdHost host) {
    this.host = host;
  }

  @Override
  public int bind(String address) {
    String file = new SysfsTree(PATHS).device(address).orElseThrow().deviceFile().orElseThrow();
    VfioDevice device =
        VfioDevice.open(KernelCalls.system(), PATHS.vfioDevices().resolve(file)).value();
    devices.put(address, device);
    return device.bind(iommufd).value();
  }

  @Override
  public int ioas() {
    if (ioas == 0) {
      ioas = secondIoas();
    }
    return ioas;
  }

  @Override
  public int secondIoas() {
    return iommufd.ioas().alloc().value();
  }

  /** Maps RAM of the guest. */
  public void map(long iova, long length, RamSource.MemfdRange source) {
    HostResult<HostResult.Done> mapped =
        iommufd
            .ioas()
            .mapFile(ioas(), iova, length, MapAccess.READ_WRITE, source.fd(), source.start());
    mapped.value();
  }

  @Override
  public void attach(String address, int ptId) {
    device(address).attach(ptId).value();
  }

  /** The device as the VMM has it. */
  public VfioDevice device(String address) {
    VfioDevice device = devices.get(address);
    if (device == null) {
      throw new IllegalArgumentException(address);
    }
    return device;
  }

  @Override
  public void enableDma(String address) {
    EduDevice.enable(device(address));
  }

  @Override
  public void unplug(String address) {
    device(address).detach().value();
    device(address).close();
    devices.remove(address);
  }

  @Override
  public SharedIommufd share(List<String> addresses) {
    return host.share(
            copy(iommufd.fd()), addresses.stream().map(a -> copy(device(a).fd())).toList())
        .value();
  }

  @Override
  public SharedIommufd shareWith(ScriptedVmm other, String address) {
    return host.share(copy(iommufd.fd()), List.of(copy(((VmmOnKernel) other).device(address).fd())))
        .value();
  }

  private static Fd copy(Fd fd) {
    try (PidFd ourselves = PidFd.open((int) ProcessHandle.current().pid())) {
      return ourselves.descriptor(fd.number());
    } catch (PosixException refused) {
      throw new IllegalStateException(refused);
    }
  }

  @Override
  public void close() {
    devices.values().forEach(VfioDevice::close);
    devices.clear();
    iommufd.close();
  }
}
