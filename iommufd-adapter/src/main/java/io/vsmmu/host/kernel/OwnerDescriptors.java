package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One owner's descriptors while they are put together. */
final class OwnerDescriptors {

  private final List<KeptDescriptors.Device> devices = new ArrayList<>();
  private final List<KeptDescriptors.Veventq> veventqs = new ArrayList<>();
  private @Nullable Fd iommufd;

  /** False when the name says nothing. */
  boolean take(String[] words, PassedDescriptor descriptor) {
    return switch (words[0]) {
      case KeptNames.IOMMUFD -> iommufd(descriptor.fd());
      case KeptNames.DEVICE -> words.length == 4 && device(words[2], words[3], descriptor.fd());
      case KeptNames.VEVENTQ -> words.length == 3 && veventq(words[2], descriptor.fd());
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

  /** All of it; empty, and closed, without an iommufd. */
  Optional<KeptDescriptors> whole() {
    if (iommufd == null) {
      devices.forEach(device -> device.fd().close());
      veventqs.forEach(veventq -> veventq.fd().close());
      return Optional.empty();
    }
    return Optional.of(new KeptDescriptors(iommufd, devices, veventqs));
  }
}
