package io.vsmmu.host.vmm;

import io.vsmmu.posix.Errno;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why a VMM's device cannot be taken. The kernel has no words for these: each is told as an errno
 * that iommufd gives for nothing else, so that the log of a vSMMU says which it was.
 */
public enum VmmRefusal {
  /** No file of the device came with the iommufd. */
  NO_FILE(Errno.ENODEV),
  /** The VMM has not bound the device yet. */
  NOT_BOUND(Errno.ENXIO),
  /** The device is bound to another iommufd than the one that came with it. */
  OTHER_IOMMUFD(Errno.EXDEV),
  /** Nothing on the iommufd has the id that was told, or it is another device's. */
  WRONG_ID(Errno.EBADSLT),
  /** Several device objects may be the device, and nothing proves which. */
  AMBIGUOUS_DEVICE(Errno.ENOTUNIQ),
  /** The VMM attached devices to several IOASes, and nothing tells which holds the guest's RAM. */
  AMBIGUOUS_IOAS(Errno.EMULTIHOP),
  /** The VMM has no IOAS with a device, so that no guest RAM could be reached. */
  NO_IOAS(Errno.ENODATA),
  /** The VMM nests on this iommufd itself. */
  VMM_NESTS(Errno.EALREADY);

  private final Errno errno;

  VmmRefusal(Errno errno) {
    this.errno = errno;
  }

  /** The one that an outcome has this error for. */
  public static Optional<VmmRefusal> of(Errno errno) {
    return Arrays.stream(values()).filter(why -> why.errno == errno).findFirst();
  }

  /** Whether the VMM may still do what is missing. */
  public boolean passes() {
    return this == NOT_BOUND || this == NO_IOAS;
  }

  /** What stands for it in an outcome. */
  public Errno errno() {
    return errno;
  }
}
