package io.vsmmu.posix;

import java.util.Optional;

/**
 * Which device a character device file stands for; {@link #toString} is its name below
 * /sys/dev/char.
 *
 * @param major the driver's number
 * @param minor the device's number with its driver
 */
public record DeviceNumber(int major, int minor) {

  /**
   * The device behind an open descriptor (statx(2)); empty when it is no character device.
   *
   * @throws PosixException EBADF when it is closed; what else the kernel says
   */
  public static Optional<DeviceNumber> of(Fd fd) throws PosixException {
    FileStatus status = FileStatus.of(fd);
    return status.characterDevice()
        ? Optional.of(new DeviceNumber((int) (status.special() >>> 32), (int) status.special()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
