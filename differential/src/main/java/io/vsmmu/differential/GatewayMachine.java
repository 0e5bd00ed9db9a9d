package io.vsmmu.differential;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SharedMapping;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.util.List;
import java.util.Optional;

/**
 * A vSMMU as a VMM reaches it: the register view, the access pump, guest memory, the session, and a
 * simulated host with a device behind each StreamID. Its log keeps the present state only.
 */
final class GatewayMachine implements SmmuMachine {

  /** The ID registers of QEMU's emulated SMMUv3 without stage 2, which a live vSMMU never has. */
  static final IdRegisters IDS = IdRegisters.DEFAULT.withMsi(false).withStage2(false);

  private static final VsmmuProperties PROPERTIES =
      new VsmmuProperties(OnOffAuto.OFF, OnOffAuto.ON, IDS.oasBits(), 0, OnOffAuto.OFF);

  private final VsmmuHost host;
  private final GuestSession session;
  private final Link link = new Link();
  private final SmmuFunction function;
  private final SharedMapping mapping;
  private final MachineRam ram;

  GatewayMachine() {
    SmmuIds ids = TopologyBuilder.standardIds();
    List<String> addresses =
        Devices.STREAM_IDS.stream().map(sid -> "0000:01:%02x.0".formatted(sid >> 3)).toList();
    host = new VsmmuHost(new SimulatedHost(TopologyBuilder.recorded(ids, addresses).build(), 16));
    session =
        new GuestSession(
            "differential",
            new StateOnlyLog(),
            decided -> host.apply(decided.events(), decided.sequence(), decided.after()),
            SessionLimits.DEFAULT);
    post(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, PROPERTIES, IDS));
    for (int i = 0; i < addresses.size(); i++) {
      int streamId = Devices.STREAM_IDS.get(i);
      post(
          new Stimulus.AttachDevice(
              streamId,
              new HostDevice(
                  addresses.get(i), TopologyBuilder.SMMU0, i + 1, HostIds.read(ids), true),
              OnOffAuto.OFF,
              IDS,
              SteFetch.unknown(streamId)));
    }
    function =
        new SmmuFunction(
            new SmmuFunction.Backend(session, DeviceDmaMapping.NONE),
            Optional.empty(),
            ExpansionRom.none(),
            link,
            new GatewayCounters());
    function.connected(0, 0);
    mapping = shareMemory();
    ram = new MachineRam(mapping.segment());
    function.memoryAccessChanged(true);
    function.finishWork();
  }

  private SharedMapping shareMemory() {
    try {
      Fd memory = Memfd.create("guest-ram", GuestMemoryMap.RAM_BYTES);
      SharedMapping vsmmu = SharedMapping.of(memory, 0, GuestMemoryMap.RAM_BYTES, true);
      int errno =
          function.mapMemory(GuestMemoryMap.RAM, GuestMemoryMap.RAM_BYTES, true, true, 0, memory);
      if (errno != 0) {
        throw new IllegalStateException("memory is refused: errno " + errno);
      }
      return vsmmu;
    } catch (PosixException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private void post(Stimulus stimulus) {
    session.post(stimulus).join();
  }

  /** The state that the guest can see. */
  VsmmuState state() {
    return session.visible();
  }

  /** Reads the STE of a stream from memory. */
  SteFetch fetch(int streamId) {
    return function.read(streamId);
  }

  /** Reports faults, as the host does for a device whose transaction was terminated. */
  void fault(List<EventRecord> records) {
    post(new Stimulus.ReportFaults(records, 0));
    function.finishWork();
  }

  @Override
  public long read(int offset, int width) {
    return function.readRegister(offset, width);
  }

  /** Writes a register, and waits for the thread that reports an aborted write of a queue entry. */
  @Override
  public void write(int offset, int width, long value) {
    function.writeRegister(offset, width, value);
    function.finishWork();
  }

  @Override
  public void reset() {
    function.reset();
    function.finishWork();
  }

  @Override
  public MachineRam ram() {
    return ram;
  }

  @Override
  public boolean interrupted() {
    return link.interrupted();
  }

  @Override
  public void close() {
    function.disconnected("the end");
    session.close();
    host.close();
    mapping.close();
  }

  /** A decision log that keeps the state and no events. */
  private static final class StateOnlyLog implements DecisionLog {

    private VsmmuState state = VsmmuState.ABSENT;

    @Override
    public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
      Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
      state = submission.last().after();
      return submission;
    }
  }

  /** A VMM that shares all its memory and counts interrupts. */
  private static final class Link implements VmmLink {

    private boolean raised;

    @Override
    public DmaChannel dma() {
      return DmaChannel.NONE;
    }

    @Override
    public synchronized void raiseInterrupt() {
      raised = true;
    }

    @Override
    public boolean peerGone() {
      return false;
    }

    synchronized boolean interrupted() {
      boolean was = raised;
      raised = false;
      return was;
    }
  }
}
