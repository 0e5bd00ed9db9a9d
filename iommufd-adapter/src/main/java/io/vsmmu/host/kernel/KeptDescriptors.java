package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import java.util.List;
import java.util.stream.Stream;

/**
 * The descriptors that keep a context's objects in the kernel. As long as a service manager keeps
 * them open, devices go on translating after the end of this process.
 *
 * @param iommufd /dev/iommu
 * @param devices bound devices
 * @param veventqs open vEVENTQs
 */
public record KeptDescriptors(Fd iommufd, List<Device> devices, List<Veventq> veventqs) {

  public KeptDescriptors {
    devices = List.copyOf(devices);
    veventqs = List.copyOf(veventqs);
  }

  /**
   * A bound device.
   *
   * @param address its PCI address
   * @param devId its id on the iommufd
   * @param fd its vfio device file
   */
  public record Device(String address, int devId, Fd fd) {}

  /**
   * A vEVENTQ that is being read.
   *
   * @param id its id on the iommufd
   * @param fd its descriptor
   */
  public record Veventq(int id, Fd fd) {}

  /** A copy without the vEVENTQ of this id. */
  KeptDescriptors without(int veventqId) {
    return new KeptDescriptors(
        iommufd, devices, veventqs.stream().filter(it -> it.id() != veventqId).toList());
  }

  public Stream<Fd> all() {
    return Stream.concat(
        Stream.of(iommufd),
        Stream.concat(devices.stream().map(Device::fd), veventqs.stream().map(Veventq::fd)));
  }
}
