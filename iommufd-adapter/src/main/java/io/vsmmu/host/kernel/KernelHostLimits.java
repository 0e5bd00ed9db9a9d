package io.vsmmu.host.kernel;

import java.time.Duration;

/** Limits of the running kernel's host. */
public final class KernelHostLimits {

  /**
   * Most devices that were offered by descriptor and are not bound yet; a further one is refused
   * with ENFILE.
   */
  public static final int OFFERED_DEVICES = 64;

  /** Most bytes that are read of a file of sysfs or proc; the rest is ignored. */
  static final int FILE_BYTES = 64 * 1024;

  /**
   * Time after which a descriptor of a process that referred to another file is examined again,
   * because its number may have been reused.
   */
  static final Duration DESCRIPTORS_ANEW = Duration.ofSeconds(1);

  /** Most entries that are read of a directory; the rest is ignored. */
  static final int DIRECTORY_ENTRIES = 16_384;

  /** Most processes that are searched for the one that has a device open. */
  static final int PROCESSES = 4096;

  /** Milliseconds after which a wait for vEVENTs checks whether the context is still open. */
  static final int POLL_SLICE_MILLIS = 100;

  /**
   * Milliseconds to wait for a store to close descriptors; after that the service goes on with a
   * warning.
   */
  static final int STORE_MILLIS = 2000;

  private KernelHostLimits() {}
}
