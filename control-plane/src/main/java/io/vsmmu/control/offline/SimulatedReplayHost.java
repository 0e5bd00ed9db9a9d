package io.vsmmu.control.offline;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A simulated host for one log. It gets a device, with the other devices of its IOMMU group, when
 * the log attaches it. For one thread.
 */
public final class SimulatedReplayHost implements ReplayHost {

  private static final int NO_STREAM_ID = -1;

  private final SimulatedHost simulated = new SimulatedHost(TopologyBuilder.empty().build());

  /** Devices of the IOMMU groups of attached devices that were not attached themselves. */
  private final Set<String> unattached = new HashSet<>();

  private VsmmuHost objects = new VsmmuHost(simulated);

  /** A host on which nothing fails. */
  public SimulatedReplayHost() {
    this(FaultPlan.none());
  }

  /**
   * @param faults which of the host's calls fail
   */
  public SimulatedReplayHost(FaultPlan faults) {
    simulated.faults(faults);
  }

  @Override
  public VsmmuHost objects() {
    return objects;
  }

  @Override
  public void restart() {
    objects.close();
    objects = new VsmmuHost(simulated);
  }

  /** Adds the device that the stimulus attaches. */
  public void prepare(Stimulus stimulus) {
    if (stimulus instanceof Stimulus.AttachDevice attach) {
      addDevice(attach.device(), attach.streamId());
    }
  }

  @Override
  public void prepare(VsmmuEvent event) {
    if (event instanceof DeviceAttached attached) {
      addDevice(attached.device(), attached.streamId());
    } else if (event instanceof PartImported part) {
      addDevices((VsmmuState) part.state());
    }
  }

  /**
   * Gives the host the devices of a state and makes its objects, as a restart of the service does.
   */
  public void resume(VsmmuState state) {
    addDevices(state);
    objects.rebuild(state, Optional.empty());
  }

  private void addDevices(VsmmuState state) {
    state.devices().values().forEach(it -> addDevice(it.device(), it.streamId()));
  }

  /** Sets which of the host's calls fail from here on; they are counted from here on. */
  public void faults(FaultPlan plan) {
    simulated.faults(plan);
  }

  private void addDevice(HostDevice device, int streamId) {
    Topology topology = simulated.topology();
    TopologyBuilder grown = TopologyBuilder.of(topology);
    if (topology.smmus().stream().noneMatch(s -> s.name().equals(device.physicalSmmu()))) {
      // With queues for guests: only a log that names some asks for them.
      grown.smmu(
          new Topology.Smmu(
              device.physicalSmmu(),
              ids(device.hostIds()),
              true,
              true,
              Topology.MAX_HARDWARE_QUEUES));
    }
    grown.withoutDevice(device.address()).device(member(device, device.address(), streamId));
    unattached.remove(device.address());
    group(device, topology, grown);
    simulated.rebuild(grown.build());
  }

  /**
   * Gives the IOMMU group the members that it had when the device was attached, so that an
   * incomplete group fails here where it failed when the log was written.
   */
  private void group(HostDevice device, Topology topology, TopologyBuilder grown) {
    for (Topology.Device other : topology.devices()) {
      boolean left =
          other.group() == device.group()
              && unattached.contains(other.address())
              && !device.groupMates().contains(other.address());
      if (left) {
        grown.withoutDevice(other.address());
        unattached.remove(other.address());
      }
    }
    for (String member : device.groupMates()) {
      if (topology.devices().stream().noneMatch(d -> d.address().equals(member))) {
        grown.device(member(device, member, NO_STREAM_ID));
        unattached.add(member);
      }
    }
  }

  private static Topology.Device member(HostDevice device, String address, int streamId) {
    return new Topology.Device(
        address,
        device.group(),
        device.physicalSmmu(),
        streamId == NO_STREAM_ID ? List.of() : List.of(streamId),
        device.atsSupported(),
        0,
        true,
        false);
  }

  /** The ID registers of the log's SMMU, with both stages: it nested when the log was written. */
  private static SmmuIds ids(IdRegisters ids) {
    return HostIds.write(ids.with(IdField.S1P, 1).with(IdField.S2P, 1));
  }

  @Override
  public void close() {
    objects.close();
  }
}
