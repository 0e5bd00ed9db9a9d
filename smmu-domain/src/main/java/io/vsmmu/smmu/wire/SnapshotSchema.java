package io.vsmmu.smmu.wire;

import static io.vsmmu.smmu.wire.SharedSchemas.CHANGE;

import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.model.CommandQueue;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.RegisterFile;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VmmConnection;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pcollections.TreePMap;

/** The fields of a {@link VsmmuState} and of its parts. */
final class SnapshotSchema implements Schema<VsmmuState> {

  private static final Schema<StreamState> STREAM =
      it ->
          new StreamState(
              it.uint32(1, StreamState::streamId),
              it.constant(2, EnumNumbers.BEHAVIOUR, StreamState::configuration),
              it.constant(3, EnumNumbers.BEHAVIOUR, StreamState::effective),
              it.ste(4, StreamState::ste),
              it.constant(5, EnumNumbers.COMPLETENESS, StreamState::completeness),
              it.uint32(6, StreamState::fault),
              it.word(7, StreamState::hwpt),
              it.constant(8, EnumNumbers.REASON, StreamState::reason),
              it.word(9, StreamState::since));

  private static final Schema<DeviceState> DEVICE =
      it ->
          new DeviceState(
              it.uint32(1, DeviceState::streamId),
              it.message(2, SharedSchemas.HOST_DEVICE, DeviceState::device),
              it.word(3, DeviceState::deviceHandle),
              it.word(4, DeviceState::vdeviceHandle),
              it.bool(5, DeviceState::atsEnabled),
              it.word(6, DeviceState::since));

  private static final Schema<HostObject> OBJECT =
      it ->
          new HostObject(
              it.word(1, HostObject::handle),
              it.constant(2, SnapshotNumbers.OBJECT_KIND, HostObject::kind),
              it.uint32(3, HostObject::kernelId),
              it.signed32(4, HostObject::streamId),
              it.word(5, HostObject::word0),
              it.word(6, HostObject::word1),
              it.word(7, HostObject::since));

  private static final Schema<MemoryState> MEMORY =
      it ->
          new MemoryState(
              it.word(1, MemoryState::address),
              it.word(2, MemoryState::size),
              it.bool(3, MemoryState::readable),
              it.bool(4, MemoryState::writable),
              it.constant(5, EnumNumbers.SHARING, MemoryState::sharing),
              it.word(6, MemoryState::since));

  private static final Schema<Observations> OBSERVATIONS =
      it ->
          new Observations(
              it.word(1, Observations::reads),
              it.word(2, Observations::differingReads),
              it.word(3, Observations::hostCalls),
              it.word(4, Observations::hostInvalidations),
              it.word(5, Observations::keptLines));

  private static final Schema<VmmConnection> VMM =
      it ->
          new VmmConnection(
              it.bool(1, VmmConnection::connected),
              it.word(2, VmmConnection::pid),
              it.word(3, VmmConnection::uid),
              it.word(4, VmmConnection::connections),
              it.word(5, VmmConnection::reboots));

  /** How many commands of one name took effect. */
  private record Count(String name, long count) {}

  private static final Schema<Count> COUNT =
      it -> new Count(it.string(1, Count::name), it.word(2, Count::count));

  @Override
  public VsmmuState of(Fields<VsmmuState> it) {
    return new VsmmuState(
        it.constant(1, SnapshotNumbers.LIFECYCLE, VsmmuState::lifecycle),
        it.word(2, VsmmuState::events),
        it.signed64(3, VsmmuState::stimulus),
        it.constant(4, EnumNumbers.ORIGIN, VsmmuState::origin),
        it.constant(5, EnumNumbers.DURABILITY, VsmmuState::durability),
        it.message(6, SharedSchemas.PROPERTIES, VsmmuState::properties),
        it.string(25, VsmmuState::vm),
        it.message(7, SharedSchemas.IDS, VsmmuState::ids),
        it.bool(8, VsmmuState::guestStarted),
        registers(it.messages(9, CHANGE, state -> changes(state.registers()))),
        new CommandQueue(
            it.word(10, state -> state.commandQueue().fetched()),
            it.signed64(11, state -> state.commandQueue().awaiting())),
        it.map(12, STREAM, TreePMap.empty(), StreamState::streamId, VsmmuState::streams),
        it.map(13, DEVICE, TreePMap.empty(), DeviceState::streamId, VsmmuState::devices),
        new HostHandles(
            it.word(14, state -> state.hostHandles().first()),
            it.string(22, state -> state.hostHandles().physicalSmmu())),
        it.word(15, VsmmuState::nextHandle),
        it.map(16, OBJECT, TreePMap.empty(), HostObject::handle, VsmmuState::objects),
        commands(it.messages(17, COUNT, state -> counts(state.commands()))),
        it.message(18, OBSERVATIONS, VsmmuState::observations),
        new Health(
            it.constant(19, SnapshotNumbers.HEALTH, state -> state.health().status()),
            it.strings(20, state -> state.health().reasons()),
            it.word(21, state -> state.health().failures())),
        it.message(23, VMM, VsmmuState::vmm),
        it.map(24, MEMORY, MemoryState.NO_REGIONS, MemoryState::address, VsmmuState::memory));
  }

  private static List<Change> changes(RegisterFile registers) {
    return registers.touched().entrySet().stream()
        .map(it -> new Change(it.getKey(), it.getValue()))
        .toList();
  }

  private static RegisterFile registers(List<Change> changes) {
    RegisterFile registers = RegisterFile.RESET;
    for (Change change : changes) {
      registers = registers.with(change.register(), change.value());
    }
    return registers;
  }

  private static List<Count> counts(CommandCounts commands) {
    return commands.byName().entrySet().stream()
        .map(it -> new Count(it.getKey(), it.getValue()))
        .toList();
  }

  private static CommandCounts commands(List<Count> counts) {
    Map<String, Long> byName = new HashMap<>();
    for (Count count : counts) {
      byName.put(count.name(), count.count());
    }
    return CommandCounts.of(byName);
  }
}
