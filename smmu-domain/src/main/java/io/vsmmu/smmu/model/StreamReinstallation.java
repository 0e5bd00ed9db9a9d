package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.CommandVerdict.Reinstall;
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
 * Executes the CFGI_STE, CFGI_STE_RANGE and CFGI_ALL of one slice: the SMMU uses the STEs as they
 * are now. Only changes are recorded, and a range skips the STEs that an earlier command of the
 * slice has used.
 *
 * <p>Of a live guest, the STE of every stream that a range covers was fetched; one that is missing
 * from a recorded slice had not changed. Of a QEMU trace, an STE that is missing is unknown.
 */
final class StreamReinstallation {

  private final Draft draft;
  private final NavigableMap<Integer, SteFetch> fetches = new TreeMap<>(Integer::compareUnsigned);

  /** StreamIDs whose STEs no command of the slice has used. */
  private final NavigableSet<Integer> unseen = new TreeSet<>(Integer::compareUnsigned);

  /** Whether a range had too many changes: its streams without a device are then forgotten. */
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

  /** Whether streams are forgotten when the commands so far are applied. */
  boolean forgets() {
    return forgets;
  }

  /** The number of STEs that the command makes the SMMU read again. */
  int stesRead(Reinstall reinstall) {
    return reinstall.single() ? 1 : unseen(reinstall).size();
  }

  /** Whether the command attaches a device to another HWPT. */
  boolean movesDevice(Reinstall reinstall) {
    VsmmuState state = draft.state();
    return state.devices().keySet().stream()
        .filter(reinstall::covers)
        .filter(streamId -> readsSte(reinstall, streamId))
        .anyMatch(streamId -> changes(reinstall, streamId));
  }

  /**
   * Whether the command covers a device that translates and stays where it is: the host must
   * invalidate its CDs all the same (IHI 0070, 4.3.1, 4.3.2).
   */
  boolean leavesTranslating(Reinstall reinstall) {
    VsmmuState state = draft.state();
    return state.devices().keySet().stream()
        .filter(reinstall::covers)
        .filter(streamId -> translates(state, streamId))
        .anyMatch(streamId -> !readsSte(reinstall, streamId) || !changes(reinstall, streamId));
  }

  private static boolean translates(VsmmuState state, int streamId) {
    return state.stream(streamId)
        .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
        .isPresent();
  }

  private boolean readsSte(Reinstall reinstall, int streamId) {
    return reinstall.single() || unseen.contains(streamId);
  }

  /** Configures the streams that the command covers and whose STE changed. */
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
    SteFetch fetched = fetches.get(streamId);
    SteFetch fetch = fetched == null ? SteFetch.unknown(streamId) : fetched;
    if (fetched != null) {
      used.put(streamId, fetched);
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
        SteFetch fetched = fetches.get(streamId);
        if (fetched != null) {
          used.put(streamId, fetched);
        }
        SteFetch fetch = fetched == null ? SteFetch.unknown(streamId) : fetched;
        StreamPlacement.install(draft, fetch, Reason.CFGI_STE_RANGE, entry);
      } else {
        // Records that streams are forgotten, so that evolve and a later decision forget them too.
        used.put(streamId, SteFetch.unknown(streamId));
        forgets = true;
      }
    }
    covered.clear();
  }

  /** Whether a command that covers the stream changes it. */
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
    boolean absent = fetch == null || fetch.outcome() == SteFetch.Outcome.NOT_TOLD;
    if (live() ? fetch == null || forgotten(state, stream) : absent && unknown(stream)) {
      return false;
    }
    return !StreamPlacement.settledWithinGroup(
        state, fetch == null ? SteFetch.unknown(streamId) : fetch);
  }

  /** Whether a range made the stream unknown; only a CFGI_STE makes it known again. */
  private static boolean forgotten(VsmmuState state, StreamState stream) {
    return unknown(stream) && !state.devices().containsKey(stream.streamId());
  }

  private static boolean unknown(StreamState stream) {
    return stream.steNotRecorded();
  }

  private NavigableSet<Integer> unseen(Reinstall reinstall) {
    return unseen.subSet(reinstall.firstSid(), true, reinstall.lastSid(), true);
  }

  private boolean live() {
    return draft.state().origin() == Origin.LIVE;
  }

  /** A StreamID beyond IDR1.SIDSIZE has no STE, and nothing is cached for it. */
  private static boolean inRange(VsmmuState state, int streamId) {
    int sidSize = state.ids().sidSize();
    return sidSize >= Integer.SIZE || streamId >>> sidSize == 0;
  }
}
