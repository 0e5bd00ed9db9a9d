package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The names of a context's descriptors in a store: {@code iommufd/OWNER}, {@code
 * device/OWNER/ADDRESS/DEV_ID} with '-' for ':', {@code veventq/OWNER/ID}.
 */
final class KeptNames {

  static final String IOMMUFD = "iommufd";
  static final String DEVICE = "device";
  static final String VEVENTQ = "veventq";
  private static final int OWNER = 1;

  private KeptNames() {}

  /** The descriptors by name. */
  static SequencedMap<String, Fd> of(String owner, KeptDescriptors kept) {
    SequencedMap<String, Fd> names = new LinkedHashMap<>();
    names.put(String.join("/", IOMMUFD, owner), kept.iommufd());
    for (KeptDescriptors.Device device : kept.devices()) {
      String address = device.address().replace(':', '-');
      names.put(
          String.join("/", DEVICE, owner, address, String.valueOf(device.devId())), device.fd());
    }
    for (KeptDescriptors.Veventq veventq : kept.veventqs()) {
      names.put(String.join("/", VEVENTQ, owner, String.valueOf(veventq.id())), veventq.fd());
    }
    return names;
  }

  /** The descriptors by owner. What has no name of ours, or no iommufd, is nobody's and closed. */
  static Map<String, KeptDescriptors> byOwner(List<PassedDescriptor> passed) {
    Map<String, OwnerDescriptors> parts = new HashMap<>();
    for (PassedDescriptor descriptor : passed) {
      String[] words = descriptor.name().split("/", -1);
      boolean taken =
          words.length > OWNER
              && parts
                  .computeIfAbsent(words[OWNER], owner -> new OwnerDescriptors())
                  .take(words, descriptor);
      if (!taken) {
        descriptor.fd().close();
      }
    }
    Map<String, KeptDescriptors> whole = new HashMap<>();
    parts.forEach((owner, part) -> part.whole().ifPresent(kept -> whole.put(owner, kept)));
    return whole;
  }
}
