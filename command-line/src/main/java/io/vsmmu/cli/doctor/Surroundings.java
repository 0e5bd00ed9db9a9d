package io.vsmmu.cli.doctor;

import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.KernelCalls;
import java.util.Map;

/**
 * What a machine is looked at through.
 *
 * @param environment variables of this process
 * @param paths where the kernel shows itself
 * @param calls how it is asked
 */
public record Surroundings(Map<String, String> environment, HostPaths paths, KernelCalls calls) {

  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /** The running system. */
  public static Surroundings system() {
    return new Surroundings(System.getenv(), HostPaths.system(), KernelCalls.system());
  }
}
