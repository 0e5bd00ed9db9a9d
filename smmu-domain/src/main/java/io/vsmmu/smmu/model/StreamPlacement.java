package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.rules.SteRules;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.Optional;

/**
 * Decides how the transactions of a stream are handled, and which HWPT its device is attached to,
 * from its STE, CR0.SMMUEN and GBPA (IHI 0070, 5.2 and 6.3.14).
 */
final class StreamPlacement {

  private static final StreamTableEntry NO_STE = StreamTableEntry.ofTwoWords(0, 0);

  private StreamPlacement() {}

  /** What the guest configured a stream to. */
  private record Configuration(
      StreamBehaviour behaviour, StreamTableEntry ste, Completeness completeness, int fault) {}

  /** Configures a stream with the fetched STE. */
  static void install(Draft draft, SteFetch fetch, Reason reason, int entry) {
    VsmmuState state = draft.state();
    place(draft, fetch.streamId(), interpret(state, fetch), reason, entry);
  }

  /** Whether installing the fetched STE would change nothing. */
  static boolean settled(VsmmuState state, SteFetch fetch) {
    StreamState stream = state.streams().get(fetch.streamId());
    return stream != null
        && stream.reason() != Reason.HOST_FAILURE
        && configurationOf(stream).equals(interpret(state, fetch))
        && stream.effective() == effective(state, stream.configuration())
        && placed(state, stream);
  }

  /** The same for a range, after which a device may stay where another of its group moved it. */
  static boolean settledWithinGroup(VsmmuState state, SteFetch fetch) {
    StreamState stream = state.streams().get(fetch.streamId());
    return (stream != null && stream.reason() == Reason.GROUP_MOVED)
        ? configurationOf(stream).equals(interpret(state, fetch))
        : settled(state, fetch);
  }

  /**
   * Whether the fetched STE configures a stream as its last one did, so that it need not be
   * recorded.
   */
  static boolean known(VsmmuState state, SteFetch fetch) {
    return state.stream(fetch.streamId())
        .filter(stream -> !stream.followsGbpa())
        .filter(stream -> configurationOf(stream).equals(interpret(state, fetch)))
        .isPresent();
  }

  private static Configuration configurationOf(StreamState stream) {
    return new Configuration(
        stream.configuration(), stream.ste(), stream.completeness(), stream.fault());
  }

  private static StreamBehaviour effective(VsmmuState state, StreamBehaviour configuration) {
    return state.enabled() ? configuration : state.globalBypass();
  }

  /**
   * Whether the stream's device, if it has one, is attached to the HWPT that its configuration
   * needs.
   */
  private static boolean placed(VsmmuState state, StreamState stream) {
    DeviceState device = state.devices().get(stream.streamId());
    if (device == null) {
      return true;
    }
    Optional<HostWords> words =
        hostWords(state, device, configurationOf(stream), stream.effective());
    if (words.isEmpty()) {
      return stream.hwpt() == hwptFor(state, stream.effective());
    }
    HostObject hwpt = state.objects().get(stream.hwpt());
    return hwpt != null
        && hwpt.kind() == HostObject.Kind.NESTED_HWPT
        && hwpt.word0() == words.get().word0()
        && hwpt.word1() == words.get().word1();
  }

  /** The words of the vSTE for which a stream has a nested HWPT of its own. */
  private record HostWords(long word0, long word1) {}

  /**
   * The vSTE of a stream that translates, or whose transactions must end with an event; empty for
   * one that the proxies serve.
   */
  private static Optional<HostWords> hostWords(
      VsmmuState state, DeviceState device, Configuration to, StreamBehaviour effective) {
    if (effective == StreamBehaviour.TRANSLATE) {
      StreamTableEntry counted = SteRules.apply(state.ids(), to.ste()).effective();
      return Optional.of(
          new HostWords(counted.hostWord0(), hostWord1(counted, device.atsEnabled())));
    }
    // The kernel attaches a stage 1 vSTE to a whole iommu group or not at all.
    boolean reports =
        FaultDecisions.records(state, to.fault())
            && state.enabled()
            && state.origin() == Origin.LIVE
            && GroupCompleteness.missing(state, device).isEmpty();
    return reports
        ? ReportingSte.of(device.device().hostIds())
            .map(ste -> new HostWords(ste.hostWord0(), ste.hostWord1()))
        : Optional.empty();
  }

  /**
   * Configures a stream with its last STE, or with GBPA while the SMMU is disabled. Without an STE
   * its configuration is unknown while the SMMU is enabled.
   */
  static void redrive(Draft draft, int streamId, Reason reason) {
    VsmmuState state = draft.state();
    Configuration kept =
        state.stream(streamId)
            .filter(s -> !s.followsGbpa())
            .map(StreamPlacement::configurationOf)
            .orElseGet(() -> state.enabled() ? unknown() : global(state));
    place(draft, streamId, kept, reason, -1);
  }

  /** A stream without a device after CR0.SMMUEN or GBPA.ABORT changed. */
  static StreamState withoutDevice(StreamState stream, boolean enabled, StreamBehaviour global) {
    if (!stream.followsGbpa()) {
      return stream.configured(stream.configuration(), enabled ? stream.configuration() : global);
    }
    return enabled
        ? stream.configured(StreamBehaviour.UNKNOWN, StreamBehaviour.UNKNOWN)
        : stream.configured(global, global);
  }

  /** Configures a stream without its STE: GBPA applies. */
  static void forget(Draft draft, int streamId, Reason reason) {
    place(draft, streamId, global(draft.state()), reason, -1);
  }

  /** A recording shows that stage 1 translated the stream, and does not contain its STE. */
  static void observed(Draft draft, int streamId) {
    place(
        draft,
        streamId,
        new Configuration(StreamBehaviour.TRANSLATE, NO_STE, Completeness.NOTHING, 0),
        Reason.OBSERVED,
        -1);
  }

  /** After the host refused an operation: the device is attached to the abort proxy. */
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
            stream.completeness(),
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
    return new Configuration(state.globalBypass(), NO_STE, Completeness.NOTHING, 0);
  }

  private static Configuration unknown() {
    return new Configuration(StreamBehaviour.UNKNOWN, NO_STE, Completeness.NOTHING, 0);
  }

  private static Configuration interpret(VsmmuState state, SteFetch fetch) {
    return switch (fetch.outcome()) {
      case NOT_TOLD -> unknown();
      case OUT_OF_TABLE -> withoutSte(EventType.C_BAD_STREAMID);
      case FETCH_FAULT -> withoutSte(EventType.F_STE_FETCH);
      case READ -> interpretSte(state, fetch);
    };
  }

  private static Configuration interpretSte(VsmmuState state, SteFetch fetch) {
    StreamTableEntry ste = fetch.ste();
    if (SteRules.apply(state.ids(), ste).illegal()) {
      return configured(fetch, StreamBehaviour.ABORT, EventType.C_BAD_STE.code());
    }
    return switch (ste.config()) {
      case ABORT -> configured(fetch, StreamBehaviour.ABORT, 0);
      case BYPASS -> configured(fetch, StreamBehaviour.BYPASS, 0);
      case STAGE1 -> configured(fetch, StreamBehaviour.TRANSLATE, 0);
      // Only a recorded SMMU has stage 2 (IDR0.S2P), which the model does not have.
      case STAGE2, NESTED -> configured(fetch, StreamBehaviour.UNKNOWN, 0);
    };
  }

  /** The transactions of a stream whose STE could not be fetched are terminated. */
  private static Configuration withoutSte(EventType fault) {
    return new Configuration(StreamBehaviour.ABORT, NO_STE, Completeness.NOTHING, fault.code());
  }

  private static Configuration configured(SteFetch fetch, StreamBehaviour behaviour, int fault) {
    return new Configuration(behaviour, fetch.ste(), fetch.completeness(), fault);
  }

  private static void place(Draft draft, int streamId, Configuration to, Reason reason, int entry) {
    VsmmuState state = draft.state();
    StreamBehaviour effective = effective(state, to.behaviour());
    Optional<DeviceState> device = state.device(streamId);
    Optional<HostWords> words = device.flatMap(it -> hostWords(state, it, to, effective));
    long hwpt =
        words.isPresent() ? state.nextHandle() : device.isEmpty() ? 0 : hwptFor(state, effective);
    draft.emit(
        new StreamConfigured(
            streamId,
            to.behaviour(),
            effective,
            to.ste(),
            to.completeness(),
            reason,
            entry,
            to.fault(),
            hwpt,
            words.isPresent(),
            words.map(HostWords::word0).orElse(0L),
            words.map(HostWords::word1).orElse(0L),
            freed(state, streamId, hwpt)));
    moveGroup(draft, streamId);
  }

  /** The proxy of a stream without a nested HWPT of its own. */
  private static long hwptFor(VsmmuState state, StreamBehaviour effective) {
    return switch (effective) {
      case BYPASS -> state.hostHandles().bypassProxy();
      // Fails closed: a stream that is not known to translate must not reach memory.
      case ABORT, UNKNOWN, TRANSLATE -> state.hostHandles().abortProxy();
    };
  }

  /** The kernel's second vSTE word; EATS needs ATS of the device too. */
  private static long hostWord1(StreamTableEntry effective, boolean ats) {
    return ats ? effective.hostWord1() : SteFields.EATS.set(effective.hostWord1(), 0);
  }

  /**
   * The nested HWPT that no device is attached to any more once that of {@code streamId} is
   * attached to {@code next}; 0 when none. A group's HWPT is freed when its last device leaves it.
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

  /**
   * Attaches the other devices of the iommu group to the same HWPT, as the kernel does
   * (drivers/iommu/iommufd/device.c).
   */
  private static void moveGroup(Draft draft, int streamId) {
    VsmmuState state = draft.state();
    DeviceState mover = state.devices().get(streamId);
    StreamState moved = state.streams().get(streamId);
    if (mover == null || moved == null) {
      return;
    }
    for (DeviceState member : state.devices().values()) {
      StreamState stream = state.streams().get(member.streamId());
      boolean sameGroup =
          member.streamId() != streamId && member.device().group() == mover.device().group();
      if (sameGroup && stream != null && stream.hwpt() != moved.hwpt()) {
        draft.emit(
            new StreamConfigured(
                member.streamId(),
                stream.configuration(),
                moved.effective(),
                stream.ste(),
                stream.completeness(),
                Reason.GROUP_MOVED,
                -1,
                stream.fault(),
                moved.hwpt(),
                false,
                0,
                0,
                freed(draft.state(), member.streamId(), moved.hwpt())));
      }
    }
  }
}
