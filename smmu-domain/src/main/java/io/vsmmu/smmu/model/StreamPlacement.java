package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.StallModel;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.Optional;

/**
 * Where a stream's transactions go, from its STE, CR0.SMMUEN and GBPA (IHI 0070, 5.2 and 6.3.14).
 */
final class StreamPlacement {

  private static final StreamTableEntry NO_STE = StreamTableEntry.ofTwoWords(0, 0);

  private static final int EATS_FULL = 1;

  private static final int EATS_SPLIT_STAGE = 2;

  private StreamPlacement() {}

  /** What the guest configured a stream to. */
  private record Configuration(
      StreamBehaviour behaviour, StreamTableEntry ste, Knowledge knowledge, int fault) {}

  /** (Re)installs the STE that {@code reading} gave. */
  static void install(Draft draft, SteReading reading, Reason reason, int entry) {
    VsmmuState state = draft.state();
    place(draft, reading.streamId(), interpret(state, reading), reason, entry);
  }

  /**
   * The stream follows what is known of it: the last STE while enabled, GBPA while disabled. One
   * whose STE was never read is unknown while enabled.
   */
  static void redrive(Draft draft, int streamId, Reason reason) {
    VsmmuState state = draft.state();
    Configuration kept =
        state.stream(streamId)
            .filter(s -> !s.followsGbpa())
            .map(s -> new Configuration(s.configuration(), s.ste(), s.knowledge(), s.fault()))
            .orElseGet(() -> state.enabled() ? untold() : global(state));
    place(draft, streamId, kept, reason, -1);
  }

  /** The stream forgets its STE and follows GBPA. */
  static void forget(Draft draft, int streamId, Reason reason) {
    place(draft, streamId, global(draft.state()), reason, -1);
  }

  /** A recording shows that the stream was translated by stage 1, though not with which STE. */
  static void observed(Draft draft, int streamId) {
    place(
        draft,
        streamId,
        new Configuration(StreamBehaviour.TRANSLATE, NO_STE, Knowledge.NOTHING, 0),
        Reason.OBSERVED,
        -1);
  }

  /** The host refused: the device sits on the abort proxy, whatever the guest asked for. */
  static void failClosed(Draft draft, int streamId) {
    VsmmuState state = draft.state();
    StreamState stream = state.streams().get(streamId);
    long abort = state.hostHandles().abortProxy();
    if (stream == null || !state.devices().containsKey(streamId) || failedClosed(stream, abort)) {
      return;
    }
    draft.emit(
        new StreamConfigured(
            streamId,
            stream.configuration(),
            StreamBehaviour.ABORT,
            stream.ste(),
            stream.knowledge(),
            Reason.HOST_FAILURE,
            -1,
            stream.fault(),
            abort,
            false,
            0,
            0,
            freed(state, streamId, abort)));
    moveGroup(draft, streamId);
  }

  private static boolean failedClosed(StreamState stream, long abort) {
    return stream.reason() == Reason.HOST_FAILURE && stream.hwpt() == abort;
  }

  private static Configuration global(VsmmuState state) {
    return new Configuration(state.globalBypass(), NO_STE, Knowledge.FULL, 0);
  }

  private static Configuration untold() {
    return new Configuration(StreamBehaviour.UNKNOWN, NO_STE, Knowledge.NOTHING, 0);
  }

  private static Configuration interpret(VsmmuState state, SteReading reading) {
    return switch (reading.outcome()) {
      case NOT_TOLD -> untold();
      case OUT_OF_TABLE -> aborting(reading, EventType.C_BAD_STREAMID);
      case FETCH_FAULT -> aborting(reading, EventType.F_STE_FETCH);
      case READ -> interpretSte(state, reading);
    };
  }

  private static Configuration interpretSte(VsmmuState state, SteReading reading) {
    StreamTableEntry ste = reading.ste();
    if (!ste.valid()) {
      return aborting(reading, EventType.C_BAD_STE);
    }
    return switch (ste.config()) {
      case ABORT -> told(reading, StreamBehaviour.ABORT, 0);
      case BYPASS -> told(reading, StreamBehaviour.BYPASS, 0);
      case STAGE1 ->
          illegalStage1(state.ids(), ste)
              ? aborting(reading, EventType.C_BAD_STE)
              : told(reading, StreamBehaviour.TRANSLATE, 0);
      // Stage 2 is the host's: IDR0.S2P is 0 for the guest.
      case STAGE2, NESTED -> aborting(reading, EventType.C_BAD_STE);
    };
  }

  /** What makes a stage 1 STE ILLEGAL (IHI 0070, 5.2: S1Fmt, S1CDMax, S1STALLD, EATS). */
  private static boolean illegalStage1(IdRegisters ids, StreamTableEntry ste) {
    boolean substreams = ids.ssidSize() > 0 && ste.s1CdMax() > 0;
    boolean badTable =
        substreams && (ste.s1CdMax() > ids.ssidSize() || (ste.s1Fmt() != 0 && !ids.cd2l()));
    boolean badStall = ste.s1StallD() && ids.stallModel() != StallModel.STALL_AND_TERMINATE;
    boolean splitStage = ids.ats() && ste.eats() == EATS_SPLIT_STAGE;
    return badTable || badStall || splitStage;
  }

  private static Configuration aborting(SteReading reading, EventType fault) {
    return told(reading, StreamBehaviour.ABORT, fault.code());
  }

  private static Configuration told(SteReading reading, StreamBehaviour behaviour, int fault) {
    return new Configuration(behaviour, reading.ste(), reading.knowledge(), fault);
  }

  private static void place(Draft draft, int streamId, Configuration to, Reason reason, int entry) {
    VsmmuState state = draft.state();
    StreamBehaviour effective = state.enabled() ? to.behaviour() : state.globalBypass();
    Optional<DeviceState> device = state.device(streamId);
    boolean allocates = device.isPresent() && effective == StreamBehaviour.TRANSLATE;
    long hwpt = device.isEmpty() ? 0 : hwptFor(state, effective);
    boolean ats = device.map(DeviceState::atsEnabled).orElse(false);
    StreamTableEntry ste = to.ste();
    draft.emit(
        new StreamConfigured(
            streamId,
            to.behaviour(),
            effective,
            ste,
            to.knowledge(),
            reason,
            entry,
            to.fault(),
            hwpt,
            allocates,
            allocates ? hostWord0(state.ids(), ste) : 0,
            allocates ? hostWord1(ste, ats) : 0,
            freed(state, streamId, hwpt)));
    moveGroup(draft, streamId);
  }

  private static long hwptFor(VsmmuState state, StreamBehaviour effective) {
    return switch (effective) {
      case BYPASS -> state.hostHandles().bypassProxy();
      case TRANSLATE -> state.nextHandle();
      // Fail closed: what is not known to translate must not reach memory.
      case ABORT, UNKNOWN -> state.hostHandles().abortProxy();
    };
  }

  /** The kernel's first vSTE word; without IDR1.SSIDSIZE the CD table's shape is IGNORED. */
  private static long hostWord0(IdRegisters ids, StreamTableEntry ste) {
    return ids.ssidSize() > 0
        ? ste.hostWord0()
        : SteFields.S1FMT.set(SteFields.S1CDMAX.set(ste.hostWord0(), 0), 0);
  }

  /** The kernel's second vSTE word; EATS is full ATS or none (0b11 needs DPT, else it is none). */
  private static long hostWord1(StreamTableEntry ste, boolean ats) {
    boolean full = ats && ste.eats() == EATS_FULL;
    return SteFields.EATS.set(ste.hostWord1(), full ? EATS_FULL : 0);
  }

  /**
   * The nested HWPT that no stream uses once {@code streamId} sits on {@code next}; 0 when none. A
   * HWPT that a group shares is freed with the last of the group to leave it.
   */
  static long freed(VsmmuState state, int streamId, long next) {
    StreamState stream = state.streams().get(streamId);
    if (stream == null || stream.hwpt() == next || shared(state, stream)) {
      return 0;
    }
    HostObject object = state.objects().get(stream.hwpt());
    return object != null && object.kind() == HostObject.Kind.NESTED_HWPT ? stream.hwpt() : 0;
  }

  private static boolean shared(VsmmuState state, StreamState stream) {
    for (int streamId : state.devices().keySet()) {
      StreamState other = state.streams().get(streamId);
      if (other != null && streamId != stream.streamId() && other.hwpt() == stream.hwpt()) {
        return true;
      }
    }
    return false;
  }

  /** All devices of one iommu group sit on the same HWPT (drivers/iommu/iommufd/device.c). */
  private static void moveGroup(Draft draft, int streamId) {
    VsmmuState state = draft.state();
    DeviceState mover = state.devices().get(streamId);
    StreamState moved = state.streams().get(streamId);
    if (mover == null || moved == null) {
      return;
    }
    for (DeviceState mate : state.devices().values()) {
      StreamState stream = state.streams().get(mate.streamId());
      boolean sameGroup =
          mate.streamId() != streamId && mate.device().group() == mover.device().group();
      if (sameGroup && stream != null && stream.hwpt() != moved.hwpt()) {
        draft.emit(
            new StreamConfigured(
                mate.streamId(),
                stream.configuration(),
                moved.effective(),
                stream.ste(),
                stream.knowledge(),
                Reason.GROUP_MOVED,
                -1,
                stream.fault(),
                moved.hwpt(),
                false,
                0,
                0,
                freed(draft.state(), mate.streamId(), moved.hwpt())));
      }
    }
  }
}
