package io.vsmmu.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A descriptor that the service manager passed when it started this process (sd_listen_fds(3)): a
 * socket of a socket unit, or a descriptor that an earlier process put into the service's
 * descriptor store.
 *
 * @param name as given by FDNAME=, {@code unknown} without one
 */
public record PassedDescriptor(String name, Fd fd) {

  /**
   * Most descriptors that are taken over at a start; further ones are ignored. The service
   * manager's own limit is FileDescriptorStoreMax=.
   */
  public static final int MOST = 4096;

  private static final int FIRST = 3;
  private static final int FIOCLEX = 0x5451;
  private static final String UNNAMED = "unknown";

  /**
   * Takes ownership of the descriptors that were passed, and makes them close-on-exec. To be called
   * once in a process.
   *
   * @param environment of this process
   * @param pid of this process; descriptors for another one (LISTEN_PID) are left alone
   * @return the open descriptors, which the caller closes
   */
  public static List<PassedDescriptor> take(Map<String, String> environment, long pid) {
    if (!environment.getOrDefault("LISTEN_PID", "").equals(String.valueOf(pid))) {
      return List.of();
    }
    String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    List<PassedDescriptor> passed = new ArrayList<>();
    for (int i = 0; i < count(environment); i++) {
      Fd fd = Fd.owning(FIRST + i);
      if (DeviceCalls.ioctl(fd, FIOCLEX, 0) == 0) {
        passed.add(new PassedDescriptor(i < names.length ? names[i] : UNNAMED, fd));
      }
    }
    return List.copyOf(passed);
  }

  private static int count(Map<String, String> environment) {
    try {
      return Math.clamp(Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0")), 0, MOST);
    } catch (NumberFormatException malformed) {
      return 0;
    }
  }
}
