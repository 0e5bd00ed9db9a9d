package io.vsmmu.cli.doctor;

import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.KernelCalls;
import java.util.Map;

/**
 * The access of {@code doctor} to the machine; tests replace it.
 *
 * @param environment environment variables of this process
 * @param paths where /dev, /sys and /proc are
 * @param calls system calls
 */
public record SystemAccess(Map<String, String> environment, HostPaths paths, KernelCalls calls) {

  public SystemAccess {
    environment = Map.copyOf(environment);
  }

  /** The access to the machine that this process runs on. */
  public static SystemAccess system() {
    return new SystemAccess(System.getenv(), HostPaths.system(), KernelCalls.system());
  }
}
