package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Optional;

/**
 * A folded state as bytes. Unlike events, snapshots are disposable: a version that does not know
 * the form of a snapshot folds the log instead. Thread-safe.
 */
public final class SnapshotCodec {

  /** The type number of snapshots in a store, out of the range of event types. */
  public static final int TYPE = 1000;

  /** The form of today's snapshots; another number for every change of {@link VsmmuState}. */
  public static final int VERSION = 5;

  static final String NAME = "StateSnapshot";

  private SnapshotCodec() {}

  /** The bytes of a state. */
  public static byte[] encode(VsmmuState state) {
    WireWriter out = new WireWriter();
    out.revision(VERSION);
    out.constant(SnapshotFields.LIFECYCLE, SnapshotNumbers.LIFECYCLE, state.lifecycle());
    out.word(SnapshotFields.EVENTS, state.events());
    out.signed(SnapshotFields.STIMULUS, state.stimulus());
    out.constant(SnapshotFields.ORIGIN, EnumNumbers.ORIGIN, state.origin());
    out.constant(SnapshotFields.DURABILITY, EnumNumbers.DURABILITY, state.durability());
    out.message(SnapshotFields.PROPERTIES, state.properties(), StructureCodec::writeProperties);
    out.string(SnapshotFields.VM, state.vm());
    out.message(SnapshotFields.IDS, state.ids(), StructureCodec::writeIds);
    out.bool(SnapshotFields.GUEST_STARTED, state.guestStarted());
    state
        .registers()
        .touched()
        .forEach((register, value) -> SnapshotFields.writeRegister(out, register, value));
    out.word(SnapshotFields.FETCHED, state.commandQueue().fetched());
    out.signed(SnapshotFields.AWAITING, state.commandQueue().awaiting());
    state
        .streams()
        .values()
        .forEach(it -> out.message(SnapshotFields.STREAM, it, SnapshotParts::writeStream));
    state
        .devices()
        .values()
        .forEach(it -> out.message(SnapshotFields.DEVICE, it, SnapshotParts::writeDevice));
    out.word(SnapshotFields.HOST_HANDLES, state.hostHandles().first());
    out.string(SnapshotFields.PHYSICAL_SMMU, state.hostHandles().physicalSmmu());
    out.word(SnapshotFields.NEXT_HANDLE, state.nextHandle());
    state
        .objects()
        .values()
        .forEach(it -> out.message(SnapshotFields.OBJECT, it, SnapshotParts::writeObject));
    SnapshotFields.writeCounts(out, state.commands());
    out.message(
        SnapshotFields.OBSERVATIONS, state.observations(), SnapshotFields::writeObservations);
    Health health = state.health();
    out.constant(SnapshotFields.HEALTH, SnapshotNumbers.HEALTH, health.status());
    out.strings(SnapshotFields.HEALTH_REASON, health.reasons());
    out.word(SnapshotFields.HEALTH_FAILURES, health.failures());
    out.message(SnapshotFields.VMM, state.vmm(), SnapshotFields::writeVmm);
    state
        .memory()
        .values()
        .forEach(it -> out.message(SnapshotFields.MEMORY, it, SnapshotParts::writeMemory));
    return out.toBytes();
  }

  /**
   * The state in a snapshot; empty if another version wrote it.
   *
   * @throws MalformedEventException if it is damaged
   */
  public static Optional<VsmmuState> decode(byte[] snapshot) {
    WireReader in = new WireReader(NAME, snapshot);
    return in.version() == VERSION ? Optional.of(new SnapshotReading().read(in)) : Optional.empty();
  }
}
