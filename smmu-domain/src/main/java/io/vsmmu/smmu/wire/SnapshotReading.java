package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.model.CommandQueue;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.RegisterFile;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.Vmm;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** A state while its snapshot is read; to be used once. */
final class SnapshotReading {

  private Lifecycle lifecycle = Lifecycle.ABSENT;
  private long events;
  private long stimulus;
  private Origin origin = Origin.LIVE;
  private Durability durability = Durability.COMMITTED;
  private VsmmuProperties properties = StructureCodec.NO_PROPERTIES;
  private String vm = "";
  private IdRegisters ids = StructureCodec.NO_IDS;
  private boolean guestStarted;
  private RegisterFile registers = RegisterFile.RESET;
  private long fetched;
  private long awaiting;
  private PSortedMap<Integer, StreamState> streams = TreePMap.empty();
  private PSortedMap<Integer, DeviceState> devices = TreePMap.empty();
  private long hostHandles;
  private String physicalSmmu = "";
  private long nextHandle;
  private PSortedMap<Long, HostObject> objects = TreePMap.empty();
  private final Map<String, Long> commands = new HashMap<>();
  private Observations observations = Observations.NONE;
  private Health.Status health = Health.Status.OK;
  private List<String> healthReasons = List.of();
  private long healthFailures;
  private Vmm vmm = Vmm.NONE;
  private PSortedMap<Long, MemoryState> memory = MemoryState.NO_REGIONS;

  VsmmuState read(WireReader in) {
    while (in.next()) {
      if (in.field() < SnapshotFields.REGISTER) {
        readIdentity(in);
      } else {
        readContents(in);
      }
    }
    return new VsmmuState(
        lifecycle,
        events,
        stimulus,
        origin,
        durability,
        properties,
        vm,
        ids,
        guestStarted,
        registers,
        new CommandQueue(fetched, awaiting),
        streams,
        devices,
        new HostHandles(hostHandles, physicalSmmu),
        nextHandle,
        objects,
        CommandCounts.of(commands),
        observations,
        new Health(health, healthReasons, healthFailures),
        vmm,
        memory);
  }

  private void readIdentity(WireReader in) {
    switch (in.field()) {
      case SnapshotFields.LIFECYCLE -> lifecycle = in.constant(SnapshotNumbers.LIFECYCLE);
      case SnapshotFields.EVENTS -> events = in.word();
      case SnapshotFields.STIMULUS -> stimulus = in.signed();
      case SnapshotFields.ORIGIN -> origin = in.constant(EnumNumbers.ORIGIN);
      case SnapshotFields.DURABILITY -> durability = in.constant(EnumNumbers.DURABILITY);
      case SnapshotFields.PROPERTIES -> properties = StructureCodec.readProperties(in.message());
      case SnapshotFields.IDS -> ids = StructureCodec.readIds(in.message());
      case SnapshotFields.GUEST_STARTED -> guestStarted = in.bool();
      default -> in.skip();
    }
  }

  private void readContents(WireReader in) {
    switch (in.field()) {
      case SnapshotFields.REGISTER ->
          registers = SnapshotFields.readRegister(in.message(), registers);
      case SnapshotFields.FETCHED -> fetched = in.word();
      case SnapshotFields.AWAITING -> awaiting = in.signed();
      case SnapshotFields.STREAM -> add(SnapshotParts.readStream(in.message()));
      case SnapshotFields.DEVICE -> add(SnapshotParts.readDevice(in.message()));
      case SnapshotFields.HOST_HANDLES -> hostHandles = in.word();
      case SnapshotFields.PHYSICAL_SMMU -> physicalSmmu = in.string();
      case SnapshotFields.NEXT_HANDLE -> nextHandle = in.word();
      case SnapshotFields.OBJECT -> add(SnapshotParts.readObject(in.message()));
      case SnapshotFields.COMMANDS -> SnapshotFields.readCount(in.message(), commands);
      case SnapshotFields.OBSERVATIONS ->
          observations = SnapshotFields.readObservations(in.message());
      case SnapshotFields.HEALTH -> health = in.constant(SnapshotNumbers.HEALTH);
      case SnapshotFields.HEALTH_REASON ->
          healthReasons = Elements.plus(healthReasons, in.string());
      case SnapshotFields.HEALTH_FAILURES -> healthFailures = in.word();
      case SnapshotFields.VMM -> vmm = SnapshotFields.readVmm(in.message());
      case SnapshotFields.VM -> vm = in.string();
      case SnapshotFields.MEMORY -> add(SnapshotParts.readMemory(in.message()));
      default -> in.skip();
    }
  }

  private void add(StreamState stream) {
    streams = streams.plus(stream.streamId(), stream);
  }

  private void add(DeviceState device) {
    devices = devices.plus(device.streamId(), device);
  }

  private void add(MemoryState region) {
    memory = memory.plus(region.address(), region);
  }

  private void add(HostObject object) {
    objects = objects.plus(object.handle(), object);
  }
}
