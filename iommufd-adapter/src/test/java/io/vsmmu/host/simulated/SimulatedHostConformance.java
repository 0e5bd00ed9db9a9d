package io.vsmmu.host.simulated;

import io.vsmmu.host.HostConformance;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.ScriptedVmm;
import io.vsmmu.host.simulated.SimulatedHost.FaultDelivery;
import java.util.List;
import java.util.Optional;

/** The simulated host under the rules of every host; each subclass simulates another kernel. */
abstract class SimulatedHostConformance extends HostConformance {

  private static final String ALIASED = "0000:05:01.0";

  private final InvalidationModel kernel;
  private final SimulatedHost host;

  SimulatedHostConformance(InvalidationModel kernel) {
    this.kernel = kernel;
    this.host = new SimulatedHost(topology(kernel));
  }

  private static Topology topology(InvalidationModel kernel) {
    return TopologyBuilder.standard()
        .kernel(Topology.Kernel.complete(TopologyBuilder.KERNEL_RELEASE).with(kernel))
        .device(
            new Topology.Device(
                ALIASED, 10, TopologyBuilder.SMMU0, List.of(0x508, 0x500), false, 0, true, false))
        .device(TopologyBuilder.device("0000:06:00.0", 11, TopologyBuilder.SMMU0))
        .device(TopologyBuilder.device("0000:06:00.1", 11, TopologyBuilder.SMMU0))
        .resettableBus(6)
        .build();
  }

  @Override
  public SimulatedHost host() {
    return host;
  }

  @Override
  public ScriptedVmm vmm() {
    return new VmmOnSimulatedHost(host);
  }

  @Override
  public String device() {
    return "0000:01:00.0";
  }

  @Override
  public String neighbour() {
    return "0000:02:00.0";
  }

  @Override
  public String foreigner() {
    return "0000:81:00.0";
  }

  @Override
  public List<String> group() {
    return List.of("0000:03:00.0", "0000:03:00.1");
  }

  @Override
  public List<String> groupBehindPort() {
    return List.of("0000:06:00.0", "0000:06:00.1");
  }

  @Override
  public Optional<String> aliased() {
    return Optional.of(ALIASED);
  }

  @Override
  public Optional<Boolean> reaches(Guest guest, String address, long iova) {
    boolean open =
        host.attachment(address)
            .map(Attachment::kind)
            .filter(kind -> kind == Attachment.Kind.STAGE_2 || kind == Attachment.Kind.BYPASS)
            .isPresent();
    boolean mapped =
        host.mappings(context(), guest.ioas()).stream()
            .anyMatch(m -> m.iova() <= iova && m.last() >= iova + 2 * PAGE - 1);
    return Optional.of(open && mapped);
  }

  @Override
  public boolean tellsOnlyBlocks() {
    return kernel == InvalidationModel.WHOLE_BLOCKS;
  }

  @Override
  public Optional<List<Long>> issued(int viommuId) {
    return Optional.of(
        host.issued(context(), viommuId).stream().map(IssuedCommand::guest0).toList());
  }

  /** DMA of a device with an abort vSTE ends without an event. */
  @Override
  public boolean cause(String address, long opcode) {
    boolean translates =
        host.attachment(address).filter(it -> (it.ste0() & 0xF) == 0xB).isPresent();
    return translates && host.deviceFault(address, opcode, 0, 0, 0) != FaultDelivery.UNREPORTED;
  }

  @Override
  public RamSource ram() {
    return new RamSource.Anonymous(0x10_0000);
  }
}
