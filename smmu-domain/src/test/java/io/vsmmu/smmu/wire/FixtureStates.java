package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
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
import io.vsmmu.smmu.model.VmmConnection;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.List;
import java.util.Map;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** What the stored snapshots mean. */
final class FixtureStates {

  private FixtureStates() {}

  /** By name. */
  static Map<String, VsmmuState> all() {
    return Map.of("absent", VsmmuState.ABSENT, "every-part", everyPart());
  }

  private static VsmmuState everyPart() {
    IdRegisters ids = IdRegisters.DEFAULT.withAts(true);
    StreamState stream =
        new StreamState(
            0x900,
            StreamBehaviour.TRANSLATE,
            StreamBehaviour.ABORT,
            StreamTableEntry.ofTwoWords(0xb, 0x20),
            Completeness.HOST_WORDS,
            4,
            3,
            Reason.GROUP_MOVED,
            17);
    DeviceState device =
        new DeviceState(
            0x900, new HostDevice("0000:09:00.0", "smmu3.0", 5, ids, true), 7, 8, true, 3);
    PSortedMap<Long, HostObject> objects = TreePMap.empty();
    for (HostObject.Kind kind : HostObject.Kind.values()) {
      long handle = 20 + objects.size();
      objects = objects.plus(handle, new HostObject(handle, kind, 77, -1, 0xb, 0x20, 4));
    }
    return new VsmmuState(
        Lifecycle.PAUSED,
        100,
        98,
        Origin.QEMU_TRACE,
        Durability.BOUNDED_LOSS,
        new VsmmuProperties(OnOffAuto.ON, OnOffAuto.OFF, 48, 16, OnOffAuto.AUTO)
            .with(HardwareQueues.ACCEPT_BLIND),
        "guest-1",
        ids,
        true,
        RegisterFile.RESET.with(Register.CR0, 0xd).with(Register.GBPA, 0),
        new CommandQueue(0x42, 97),
        TreePMap.singleton(0x900, stream),
        TreePMap.singleton(0x900, device),
        new HostHandles(1, "smmu3.0"),
        29,
        objects,
        CommandCounts.of(Map.of("TLBI_NH_VA", 1L << 40, "CMD_SYNC", 3L)),
        new Observations(1, 2, 3, 4, 5),
        new Health(Health.Status.DEGRADED, List.of("ATTACH failed with errno 22", "other"), 2),
        new VmmConnection(true, 4711, 1000, 3, 2),
        MemoryState.NO_REGIONS
            .plus(
                0x4000_0000L,
                new MemoryState(0x4000_0000L, 1L << 30, true, true, MemorySharing.DESCRIPTOR, 90))
            .plus(
                -0x1000L,
                new MemoryState(-0x1000L, 0x1000, true, false, MemorySharing.MESSAGES, 91)));
  }
}
