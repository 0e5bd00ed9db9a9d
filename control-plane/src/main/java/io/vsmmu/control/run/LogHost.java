package io.vsmmu.control.run;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A fresh simulated host for one log: it has the devices that the log names, and those of their
 * iommu groups, as soon as the log names them.
 */
public final class LogHost implements RunHost {

  private static final int NO_STREAM_ID = -1;

  private final SimulatedHost simulated = new SimulatedHost(TopologyBuilder.empty().build());

  /** Devices that are in the iommu group of one that came, and have not come themselves. */
  private final Set<String> unattached = new HashSet<>();

  private VsmmuHost objects = new VsmmuHost(simulated);

  /** A host on which nothing fails. */
  public LogHost() {
    this(FaultPlan.none());
  }

  /**
   * @param faults which of the host's calls fail
   */
  public LogHost(FaultPlan faults) {
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

  /** Makes sure that the host has what the stimulus needs. */
  public void learn(Stimulus stimulus) {
    if (stimulus instanceof Stimulus.AttachDevice attach) {
      learn(attach.device(), attach.streamId());
    }
  }

  @Override
  public void learn(VsmmuEvent event) {
    if (event instanceof DeviceAttached attached) {
      learn(attached.device(), attached.streamId());
    }
  }

  private void learn(HostDevice device, int streamId) {
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
   * The iommu group is as large as the device found it when it came: a group that misses one of its
   * devices is refused here what it was refused when the log was written.
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
    for (String mate : device.groupMates()) {
      if (topology.devices().stream().noneMatch(d -> d.address().equals(mate))) {
        grown.device(member(device, mate, NO_STREAM_ID));
        unattached.add(mate);
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

  /** The SMMU of the log, able to nest: it did so when the log was written. */
  private static SmmuIds ids(IdRegisters ids) {
    return HostIds.write(ids.with(IdField.S1P, 1).with(IdField.S2P, 1));
  }

  @Override
  public void close() {
    objects.close();
  }
}
