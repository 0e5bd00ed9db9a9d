package io.vsmmu.rest.app;

import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.InvalidationModel;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.spec.OutputAddressSize;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The simulated host.
 *
 * @param smmus physical SMMUs; none means the standard topology of two SMMUs and five devices
 * @param devices PCI devices behind them
 * @param faults which calls fail, for example {@code attach:2:EBUSY}; empty for none
 * @param kernel {@code 7.3}, or {@code next} for one that carries out batches of invalidations as
 *     kernels after 7.3 do
 */
@ConfigurationProperties("vsmmu.simulated")
public record SimulatedTopologySettings(
    @DefaultValue List<SimulatedSmmu> smmus,
    @DefaultValue List<SimulatedDevice> devices,
    @DefaultValue("") String faults,
    @DefaultValue("7.3") String kernel) {

  /**
   * A physical SMMU with all features.
   *
   * @param nesting whether it translates in both stages
   * @param coherent S2FWB, or CANWBS of the root complex
   * @param cmdqv command queues that a guest may have to itself (Tegra241 CMDQV); 0 for none
   * @param oas output address size in bits, one of {@link OutputAddressSize#BITS}
   */
  public record SimulatedSmmu(
      String name,
      @DefaultValue("true") boolean nesting,
      @DefaultValue("true") boolean coherent,
      @DefaultValue("0") int cmdqv,
      @DefaultValue("48") int oas) {

    public SimulatedSmmu {
      if (!OutputAddressSize.exists(oas)) {
        throw new IllegalArgumentException(
            "vsmmu.simulated.smmus.oas: %d, allowed is one of %s"
                .formatted(oas, OutputAddressSize.BITS));
      }
    }
  }

  /**
   * A PCI device.
   *
   * @param address such as {@code 0000:01:00.0}
   * @param group iommu group number
   * @param smmu name of the SMMU in front of it
   * @param ats whether it can use ATS
   * @param vfio whether vfio-pci holds it
   */
  public record SimulatedDevice(
      String address,
      int group,
      String smmu,
      @DefaultValue("true") boolean ats,
      @DefaultValue("true") boolean vfio) {}

  private Topology.Kernel kernelModel() {
    return Topology.Kernel.complete(TopologyBuilder.KERNEL_RELEASE)
        .with(
            switch (kernel) {
              case "7.3" -> InvalidationModel.LINUX_7_3;
              case "next" -> InvalidationModel.WHOLE_BLOCKS;
              default ->
                  throw new IllegalArgumentException(
                      "vsmmu.simulated.kernel: '%s', allowed is 7.3 or next".formatted(kernel));
            });
  }

  Topology topology() {
    if (smmus.isEmpty()) {
      return TopologyBuilder.standard().kernel(kernelModel()).build();
    }
    TopologyBuilder builder = TopologyBuilder.empty().kernel(kernelModel());
    for (SimulatedSmmu smmu : smmus) {
      builder.smmu(
          new Topology.Smmu(
              smmu.name(),
              TopologyBuilder.ids(Map.of(IdMask.OAS, OutputAddressSize.encode(smmu.oas()))),
              smmu.nesting(),
              smmu.coherent(),
              smmu.cmdqv()));
    }
    for (SimulatedDevice device : devices) {
      Topology.Device full =
          TopologyBuilder.device(device.address(), device.group(), device.smmu());
      builder.device(
          new Topology.Device(
              full.address(),
              full.group(),
              full.smmu(),
              full.streamIds(),
              device.ats(),
              full.pasidLog2(),
              device.vfio(),
              false));
    }
    return builder.build();
  }
}
