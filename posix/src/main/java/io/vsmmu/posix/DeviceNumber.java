package io.vsmmu.posix;

import java.util.Optional;

/**
 * The number of a character device. {@link #toString} gives its name below /sys/dev/char, such as
 * {@code 511:0}.
 *
 * @param major identifies the driver
 * @param minor identifies the device among those of the driver
 */
public record DeviceNumber(int major, int minor) {

  /**
   * The device that a descriptor refers to, from statx(2); empty when it is no character device.
   *
   * @throws PosixException EBADF when the descriptor is closed; other errors of statx(2)
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
