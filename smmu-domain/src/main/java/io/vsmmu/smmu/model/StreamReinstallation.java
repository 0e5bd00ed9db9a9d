package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.CommandVerdict.Reinstall;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * CFGI_STE, CFGI_STE_RANGE and CFGI_ALL of one slice: STEs are read again. What did not change is
 * not recorded again, and no range looks twice at what was read for the slice.
 *
 * <p>Of a live guest, every stream that a range covers was read; a reading that is missing from a
 * recorded slice is one that changed nothing. A foreign trace does not tell what it has no reading
 * of.
 */
final class StreamReinstallation {

  private final Draft draft;
  private final NavigableMap<Integer, SteReading> readings =
      new TreeMap<>(Integer::compareUnsigned);

  /** StreamIDs that no command of the slice has made the SMMU look at. */
  private final NavigableSet<Integer> unseen = new TreeSet<>(Integer::compareUnsigned);

  /** Whether a range found more changes than it looks at: its streams without a device go. */
  private boolean forgets;

  private final SequencedMap<Integer, SteReading> used = new TreeMap<>(Integer::compareUnsigned);

  StreamReinstallation(Draft draft, List<SteReading> readings) {
    this.draft = draft;
    for (SteReading reading : readings) {
      this.readings.put(reading.streamId(), reading);
    }
    unseen.addAll(draft.state().streams().keySet());
    unseen.addAll(this.readings.keySet());
  }

  /** The readings that the commands so far have used and that are to be recorded. */
  Collection<SteReading> used() {
    return used.values();
  }

  /** Whether what is known of streams counts no more until the commands so far are folded. */
  boolean forgets() {
    return forgets;
  }

  /** How many STEs the command makes the SMMU look at. */
  int looks(Reinstall reinstall) {
    return reinstall.single() ? 1 : unseen(reinstall).size();
  }

  /** Whether the command moves a device at the host. */
  boolean movesDevice(Reinstall reinstall) {
    VsmmuState state = draft.state();
    return state.devices().keySet().stream()
        .filter(reinstall::covers)
        .filter(streamId -> looksAt(reinstall, streamId))
        .anyMatch(streamId -> changes(reinstall, streamId));
  }

  /**
   * Whether a device translates that the command covers and does not move: its CDs are to be
   * forgotten all the same (IHI 0070, 4.3.1, 4.3.2).
   */
  boolean leavesTranslating(Reinstall reinstall) {
    VsmmuState state = draft.state();
    return state.devices().keySet().stream()
        .filter(reinstall::covers)
        .filter(streamId -> translates(state, streamId))
        .anyMatch(streamId -> !looksAt(reinstall, streamId) || !changes(reinstall, streamId));
  }

  private static boolean translates(VsmmuState state, int streamId) {
    return state.stream(streamId)
        .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
        .isPresent();
  }

  private boolean looksAt(Reinstall reinstall, int streamId) {
    return reinstall.single() || unseen.contains(streamId);
  }

  /** Reinstalls what the command covers and what changed. */
  void apply(Reinstall reinstall, int entry) {
    if (reinstall.single()) {
      one(reinstall.firstSid(), entry);
    } else {
      range(reinstall, entry);
    }
  }

  private void one(int streamId, int entry) {
    VsmmuState state = draft.state();
    boolean room = state.streams().containsKey(streamId) || state.streams().size() < Limits.STREAMS;
    if (!inRange(state, streamId) || !room) {
      return;
    }
    unseen.remove(streamId);
    SteReading told = readings.get(streamId);
    SteReading reading = told == null ? SteReading.notTold(streamId) : told;
    if (told != null) {
      used.put(streamId, told);
    }
    if (!StreamPlacement.settled(state, reading)) {
      StreamPlacement.install(draft, reading, Reason.CFGI_STE, entry);
    }
  }

  private void range(Reinstall reinstall, int entry) {
    int budget = live() ? Limits.RANGE_CHANGES : Limits.STREAMS;
    NavigableSet<Integer> covered = unseen(reinstall);
    for (int streamId : List.copyOf(covered)) {
      boolean device = draft.state().devices().containsKey(streamId);
      if ((forgets && !device) || !changes(reinstall, streamId)) {
        continue;
      }
      if (device || budget-- > 0) {
        SteReading told = readings.get(streamId);
        if (told != null) {
          used.put(streamId, told);
        }
        SteReading reading = told == null ? SteReading.notTold(streamId) : told;
        StreamPlacement.install(draft, reading, Reason.CFGI_STE_RANGE, entry);
      } else {
        // Says so in the log: the fold forgets what the range covers, and deciding again does too.
        used.put(streamId, SteReading.notTold(streamId));
        forgets = true;
      }
    }
    covered.clear();
  }

  /** Whether a command that covers the stream makes something else of it. */
  private boolean changes(Reinstall reinstall, int streamId) {
    VsmmuState state = draft.state();
    StreamState stream = state.streams().get(streamId);
    SteReading reading = readings.get(streamId);
    if (!inRange(state, streamId)) {
      return false;
    }
    if (reinstall.single()) {
      return !StreamPlacement.settled(
          state, reading == null ? SteReading.notTold(streamId) : reading);
    }
    if (stream == null) {
      return !live() && reading != null && state.streams().size() < Limits.STREAMS;
    }
    boolean untold = reading == null || reading.outcome() == SteReading.Outcome.NOT_TOLD;
    if (live() ? reading == null || forgotten(state, stream) : untold && unknown(stream)) {
      return false;
    }
    return !StreamPlacement.settledWithinGroup(
        state, reading == null ? SteReading.notTold(streamId) : reading);
  }

  /** What a range made unknown is read again when CFGI_STE names it. */
  private static boolean forgotten(VsmmuState state, StreamState stream) {
    return unknown(stream) && !state.devices().containsKey(stream.streamId());
  }

  private static boolean unknown(StreamState stream) {
    return stream.knowledge() == Knowledge.NOTHING;
  }

  private NavigableSet<Integer> unseen(Reinstall reinstall) {
    return unseen.subSet(reinstall.firstSid(), true, reinstall.lastSid(), true);
  }

  private boolean live() {
    return draft.state().origin() == Origin.LIVE;
  }

  /** A StreamID beyond IDR1.SIDSIZE has no STE: nothing is cached for it. */
  private static boolean inRange(VsmmuState state, int streamId) {
    int sidSize = state.ids().sidSize();
    return sidSize >= Integer.SIZE || streamId >>> sidSize == 0;
  }
}
