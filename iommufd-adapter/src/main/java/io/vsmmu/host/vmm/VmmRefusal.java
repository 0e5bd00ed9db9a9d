package io.vsmmu.host.vmm;

import io.vsmmu.posix.Errno;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why a device that a VMM owns cannot be used. The kernel has no error for these, so each is
 * reported as an errno that iommufd gives for nothing else: the log of a vSMMU, which records error
 * numbers, then shows which it was.
 */
public enum VmmRefusal {
  /** No file of the device was received with the iommufd. */
  NO_FILE(Errno.ENODEV),
  /** The VMM has not bound the device yet. */
  NOT_BOUND(Errno.ENXIO),
  /** The device is bound to another iommufd than the one that was received with it. */
  OTHER_IOMMUFD(Errno.EXDEV),
  /**
   * The id that was stated for the device names no device object of the iommufd, or another
   * device's.
   */
  WRONG_ID(Errno.EBADSLT),
  /** Several device objects may be the device, and no experiment can show which. */
  AMBIGUOUS_DEVICE(Errno.ENOTUNIQ),
  /**
   * The VMM attached devices to several IOASes, and it was not stated which of them holds the
   * guest's RAM.
   */
  AMBIGUOUS_IOAS(Errno.EMULTIHOP),
  /** The VMM has attached no device to an IOAS, so the one with the guest's RAM cannot be found. */
  NO_IOAS(Errno.ENODATA),
  /** The VMM has a vIOMMU of its own on this iommufd. */
  VMM_NESTS(Errno.EALREADY);

  private final Errno errno;

  VmmRefusal(Errno errno) {
    this.errno = errno;
  }

  /** The refusal that this error stands for in an outcome. */
  public static Optional<VmmRefusal> of(Errno errno) {
    return Arrays.stream(values()).filter(why -> why.errno == errno).findFirst();
  }

  /** Whether a later try may succeed, because the VMM may still bind or attach the device. */
  public boolean isTemporary() {
    return this == NOT_BOUND || this == NO_IOAS;
  }

  /** The errno that stands for the refusal in an outcome. */
  public Errno errno() {
    return errno;
  }
}
