package io.vsmmu.host.kernel;

import java.time.Duration;

/** The bounds of this package. */
public final class KernelHostLimits {

  /** Devices offered by descriptor that nobody has bound yet. */
  public static final int OFFERED_DEVICES = 64;

  /** Most bytes read of a file of sysfs or proc. */
  static final int FILE_BYTES = 64 * 1024;

  /**
   * After which time a descriptor of a process that was of something else is looked at again: its
   * number may have been given to another file.
   */
  static final Duration DESCRIPTORS_ANEW = Duration.ofSeconds(1);

  /** Most entries taken of a directory of sysfs. */
  static final int DIRECTORY_ENTRIES = 16_384;

  /** Most processes looked at for who holds a device. */
  static final int PROCESSES = 4096;

  /** Milliseconds after which a wait for vEVENTs looks whether the context is still open. */
  static final int POLL_SLICE_MILLIS = 100;

  /** Milliseconds that a store of descriptors gets to let go of some. */
  static final int STORE_MILLIS = 2000;

  private KernelHostLimits() {}
}
