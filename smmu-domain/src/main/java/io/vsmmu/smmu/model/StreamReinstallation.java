package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.CommandVerdict.Reinstall;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
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
 * <p>Of a live guest, the STE of every stream that a range covers was fetched; one that is missing
 * from a recorded slice had not changed. Of a QEMU trace, an STE that is missing is unknown.
 */
final class StreamReinstallation {

  private final Draft draft;
  private final NavigableMap<Integer, SteFetch> fetches = new TreeMap<>(Integer::compareUnsigned);

  /** StreamIDs that no command of the slice has made the SMMU look at. */
  private final NavigableSet<Integer> unseen = new TreeSet<>(Integer::compareUnsigned);

  /** Whether a range found more changes than it looks at: its streams without a device go. */
  private boolean forgets;

  private final SequencedMap<Integer, SteFetch> used = new TreeMap<>(Integer::compareUnsigned);

  StreamReinstallation(Draft draft, List<SteFetch> fetches) {
    this.draft = draft;
    for (SteFetch fetch : fetches) {
      this.fetches.put(fetch.streamId(), fetch);
    }
    unseen.addAll(draft.state().streams().keySet());
    unseen.addAll(this.fetches.keySet());
  }

  /** The fetched STEs that the commands so far have used, and that are to be recorded. */
  Collection<SteFetch> used() {
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
    SteFetch told = fetches.get(streamId);
    SteFetch fetch = told == null ? SteFetch.unknown(streamId) : told;
    if (told != null) {
      used.put(streamId, told);
    }
    if (!StreamPlacement.settled(state, fetch)) {
      StreamPlacement.install(draft, fetch, Reason.CFGI_STE, entry);
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
        SteFetch told = fetches.get(streamId);
        if (told != null) {
          used.put(streamId, told);
        }
        SteFetch fetch = told == null ? SteFetch.unknown(streamId) : told;
        StreamPlacement.install(draft, fetch, Reason.CFGI_STE_RANGE, entry);
      } else {
        // Says so in the log: the fold forgets what the range covers, and deciding again does too.
        used.put(streamId, SteFetch.unknown(streamId));
        forgets = true;
      }
    }
    covered.clear();
  }

  /** Whether a command that covers the stream makes something else of it. */
  private boolean changes(Reinstall reinstall, int streamId) {
    VsmmuState state = draft.state();
    StreamState stream = state.streams().get(streamId);
    SteFetch fetch = fetches.get(streamId);
    if (!inRange(state, streamId)) {
      return false;
    }
    if (reinstall.single()) {
      return !StreamPlacement.settled(state, fetch == null ? SteFetch.unknown(streamId) : fetch);
    }
    if (stream == null) {
      return !live() && fetch != null && state.streams().size() < Limits.STREAMS;
    }
    boolean untold = fetch == null || fetch.outcome() == SteFetch.Outcome.NOT_TOLD;
    if (live() ? fetch == null || forgotten(state, stream) : untold && unknown(stream)) {
      return false;
    }
    return !StreamPlacement.settledWithinGroup(
        state, fetch == null ? SteFetch.unknown(streamId) : fetch);
  }

  /** What a range made unknown is read again when CFGI_STE names it. */
  private static boolean forgotten(VsmmuState state, StreamState stream) {
    return unknown(stream) && !state.devices().containsKey(stream.streamId());
  }

  private static boolean unknown(StreamState stream) {
    return stream.completeness() == Completeness.NOTHING;
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
