package io.vsmmu.posix;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The number of descriptors that this process may have open (RLIMIT_NOFILE). */
public final class DescriptorLimit {

  private DescriptorLimit() {}

  /**
   * The soft limit now. The virtual machine raises it to the hard limit when it starts
   * (-XX:+MaxFDLimit, which is its default).
   */
  public static long ofProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
