package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which host devices can be behind any vSMMU: endpoints whose driver is vfio-pci, behind an
 * SMMUv3, with a kernel that nests. Pure: depends on the description of the host alone.
 */
public final class AdmissionRules {

  private static final String FIELD = "hostDevice";
  private static final Pattern ADDRESS =
      Pattern.compile("\\p{XDigit}{4,8}:\\p{XDigit}{2}:[01]\\p{XDigit}\\.[0-7]");

  /** Features of the kernel without which no device can be attached. */
  private static final List<Feature> NEEDED =
      List.of(Feature.IOMMUFD, Feature.VFIO_CDEV, Feature.VIOMMU_ARM_SMMUV3);

  private AdmissionRules() {}

  /**
   * Checks that a text is a PCI address of the host.
   *
   * @throws RequestRefusedException if it is not
   */
  static void checkAddress(String address) {
    address(address, FIELD)
        .ifPresent(
            reason -> {
              throw new RequestRefusedException(Kind.NOT_FOUND, List.of(reason));
            });
  }

  /**
   * Checks a device that vfio-pci has.
   *
   * @throws RequestRefusedException with every reason why it cannot be behind a vSMMU
   */
  static void check(HostDescription host, HostDescription.Device device) {
    List<Problem> reasons = reasons(host, device, FIELD);
    if (!reasons.isEmpty()) {
      throw new RequestRefusedException(Kind.HOST_REFUSED, reasons);
    }
  }

  /** Why a text is no PCI address of the host; empty if it is one. */
  public static Optional<Problem> address(String address, String field) {
    return ADDRESS.matcher(address).matches()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                field,
                address,
                "a PCI address of the host, as in 0000:01:00.0: only its endpoints on vfio-pci can"
                    + " be behind a vSMMU, no emulated device"));
  }

  /**
   * Every reason, other than its driver, why a device cannot be behind a vSMMU; empty if it can.
   *
   * @param field name of the parameter with the address
   */
  public static List<Problem> reasons(
      HostDescription host, HostDescription.Device device, String field) {
    List<Problem> reasons = new ArrayList<>();
    kernel(host.kernel(), device.address(), field, reasons);
    device(device, field, reasons);
    group(host, device, field, reasons);
    return List.copyOf(reasons);
  }

  private static void kernel(
      KernelSupport kernel, String address, String field, List<Problem> reasons) {
    for (Feature feature : NEEDED) {
      if (!kernel.has(feature)) {
        reasons.add(
            new Problem(
                field,
                address,
                "a kernel with %s (from %s on; this is %s): %s"
                    .formatted(feature, feature.since(), kernel.release(), feature.consequence())));
      }
    }
  }

  private static void device(HostDescription.Device device, String field, List<Problem> reasons) {
    String address = device.address();
    if (device.streamIds().size() > 1) {
      reasons.add(
          new Problem(
              field,
              "%s has %d StreamIDs".formatted(address, device.streamIds().size()),
              "a device with one StreamID: a vDEVICE stands for exactly one"));
    }
    device
        .hwInfo()
        .filter(info -> info.dataType() != HwInfo.TYPE_ARM_SMMUV3)
        .ifPresent(
            info ->
                reasons.add(
                    new Problem(
                        field,
                        "%s has hardware information of type %d"
                            .formatted(address, info.dataType()),
                        "a device behind an Arm SMMUv3, type " + HwInfo.TYPE_ARM_SMMUV3)));
  }

  /**
   * Before 6.19 a nested HWPT, abort and bypass included, can only be attached when every device of
   * the group has a vDEVICE (drivers/iommu/arm/arm-smmu-v3, arm_smmu_attach_prepare_vmaster), so
   * the first device of a larger group fails to attach, and with it the second.
   */
  private static void group(
      HostDescription host, HostDescription.Device device, String field, List<Problem> reasons) {
    List<String> others = otherGroupMembers(host, device);
    if (!others.isEmpty() && !host.kernel().has(Feature.ATTACH_WITHOUT_VDEVICE)) {
      reasons.add(
          new Problem(
              field,
              "%s shares iommu group %d with %s"
                  .formatted(device.address(), device.iommuGroup(), String.join(", ", others)),
              "a device that is alone in its iommu group, with Linux %s: from %s on groups of"
                      .formatted(host.kernel().release(), Feature.ATTACH_WITHOUT_VDEVICE.since())
                  + " several devices work; or put the devices into slots that ACS separates"));
    }
  }

  /** The other devices of the device's iommu group, in the order of the host. */
  public static List<String> otherGroupMembers(
      HostDescription host, HostDescription.Device device) {
    return host.devices().stream()
        .filter(other -> other.iommuGroup() == device.iommuGroup())
        .map(HostDescription.Device::address)
        .filter(address -> !address.equals(device.address()))
        .toList();
  }
}
