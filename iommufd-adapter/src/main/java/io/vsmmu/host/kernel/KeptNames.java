package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

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

  /**
   * Groups descriptors by owner. One whose name has not this form, or whose owner has no iommufd,
   * cannot be used and is closed.
   */
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

  /** Collects the descriptors of one owner. */
  private static final class OwnerDescriptors {

    private final List<KeptDescriptors.Device> devices = new ArrayList<>();
    private final List<KeptDescriptors.Veventq> veventqs = new ArrayList<>();
    private @Nullable Fd iommufd;

    /** Adds a descriptor; false when its name does not have the form of one of these names. */
    boolean take(String[] words, PassedDescriptor descriptor) {
      return switch (words[0]) {
        case IOMMUFD -> iommufd(descriptor.fd());
        case DEVICE -> words.length == 4 && device(words[2], words[3], descriptor.fd());
        case VEVENTQ -> words.length == 3 && veventq(words[2], descriptor.fd());
        default -> false;
      };
    }

    private boolean iommufd(Fd fd) {
      if (iommufd != null) {
        return false;
      }
      iommufd = fd;
      return true;
    }

    private boolean device(String address, String devId, Fd fd) {
      return number(devId)
          .map(
              id ->
                  devices.add(
                      new KeptDescriptors.Device(
                          address.replaceFirst("-", ":").replaceFirst("-", ":"), id, fd)))
          .orElse(false);
    }

    private boolean veventq(String id, Fd fd) {
      return number(id).map(n -> veventqs.add(new KeptDescriptors.Veventq(n, fd))).orElse(false);
    }

    private static Optional<Integer> number(String text) {
      try {
        return Optional.of(Integer.parseInt(text));
      } catch (NumberFormatException malformed) {
        return Optional.empty();
      }
    }

    /**
     * The owner's descriptors. Without an iommufd the others are of no use: they are closed, and
     * the result is empty.
     */
    Optional<KeptDescriptors> whole() {
      if (iommufd == null) {
        devices.forEach(device -> device.fd().close());
        veventqs.forEach(veventq -> veventq.fd().close());
        return Optional.empty();
      }
      return Optional.of(new KeptDescriptors(iommufd, devices, veventqs));
    }
  }
}
