package io.vsmmu.rest.app;

import io.vsmmu.control.host.HostSocket;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.ProcessDescriptors;
import io.vsmmu.control.vmm.VmmDevices;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.SystemdStore;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.uapi.KernelCalls;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The host of the vSMMUs: the kernel's iommufd or a simulated one. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SimulatedTopologySettings.class)
class HostWiring {

  private static final System.Logger LOGGER = System.getLogger(HostWiring.class.getName());

  @Bean
  HostIommu host(VsmmuSettings settings, SimulatedTopologySettings topology) {
    return switch (settings.host()) {
      case "simulated" -> simulated(topology);
      case "iommufd" -> kernel();
      default ->
          throw new IllegalArgumentException(
              "vsmmu.host: '%s', allowed is simulated or iommufd".formatted(settings.host()));
    };
  }

  /** Takes over the descriptors that systemd kept while no process of the service ran. */
  private static IommufdHost kernel() {
    return new IommufdHost(
        HostPaths.system(),
        KernelCalls.system(),
        SystemdStore.of(System.getenv(), ProcessHandle.current().pid()));
  }

  private static SimulatedHost simulated(SimulatedTopologySettings topology) {
    SimulatedHost host = new SimulatedHost(topology.topology());
    if (!topology.faults().isEmpty()) {
      host.faults(FaultPlan.parse(topology.faults()));
    }
    return host;
  }

  @Bean
  LocalHost localHost(HostIommu host) {
    LocalHost local = LocalHost.of(host);
    logProblems(local.problems());
    return local;
  }

  /** Logs the problems once, at the start; the service runs without a usable host. */
  private static void logProblems(List<HostProblem> problems) {
    if (!problems.isEmpty()) {
      LOGGER.log(
          Level.WARNING,
          "The host cannot give devices to guests: {0}. Everything else works: recordings, imports,"
              + " replays on a simulated host, vSMMUs without devices",
          problems.stream().map(it -> it.what().message()).collect(Collectors.joining(". ")));
    }
  }

  @Bean
  ProcessDescriptors processDescriptors(LocalHost host) {
    return new ProcessDescriptors(host);
  }

  /** Without the socket, if it cannot be created in the data directory. */
  @Bean
  HostEntrance hostEntrance(LocalHost host, VmmDevices vmms, VsmmuSettings settings) {
    Path folder = settings.dataDir().toAbsolutePath().normalize();
    Path path = folder.resolve("host.sock");
    try {
      Files.createDirectories(folder);
      return new HostEntrance(Optional.of(HostSocket.open(host, vmms, path, settings.vmmUids())));
    } catch (IOException failed) {
      LOGGER.log(Level.WARNING, "No devices are taken over {0}: {1}", path, failed.getMessage());
      return new HostEntrance(Optional.empty());
    }
  }

  record HostEntrance(Optional<HostSocket> socket) implements AutoCloseable {
    @Override
    public void close() {
      socket.ifPresent(HostSocket::close);
    }
  }
}
