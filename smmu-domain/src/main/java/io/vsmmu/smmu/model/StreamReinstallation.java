package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.CommandVerdict.Reinstall;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.SteReading.Outcome;
import java.util.List;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;

/** CFGI_STE, CFGI_STE_RANGE and CFGI_ALL: STEs are read again. */
final class StreamReinstallation {

  private StreamReinstallation() {}

  /** Reinstalls what the command covers; returns the readings that were used, by StreamID. */
  static SequencedMap<Integer, SteReading> apply(
      Draft draft, Reinstall reinstall, NavigableMap<Integer, SteReading> readings, int entry) {
    VsmmuState state = draft.state();
    int room = Math.max(0, Limits.STREAMS - state.streams().size());
    SequencedMap<Integer, SteReading> used = new TreeMap<>(Integer::compareUnsigned);
    for (SteReading reading :
        readings.subMap(reinstall.firstSid(), true, reinstall.lastSid(), true).values()) {
      boolean kept = state.streams().containsKey(reading.streamId());
      if (inRange(state, reading.streamId()) && (kept || room-- > 0)) {
        used.put(reading.streamId(), reading);
      }
    }
    SequencedMap<Integer, SteReading> affected = new TreeMap<>(used);
    for (int streamId : untold(state, reinstall, room)) {
      affected.putIfAbsent(streamId, SteReading.notTold(streamId));
    }
    Reason reason = reinstall.single() ? Reason.CFGI_STE : Reason.CFGI_STE_RANGE;
    for (SteReading reading : affected.values()) {
      if (reinstall.single() || matters(state, reading)) {
        StreamPlacement.install(draft, reading, reason, entry);
      }
    }
    return used;
  }

  /** StreamIDs that the command concerns even if nobody read their STE. */
  private static List<Integer> untold(VsmmuState state, Reinstall reinstall, int room) {
    if (reinstall.single()) {
      int streamId = reinstall.firstSid();
      boolean kept = state.streams().containsKey(streamId);
      return inRange(state, streamId) && (kept || room > 0) ? List.of(streamId) : List.of();
    }
    return state.streams().keySet().stream().filter(reinstall::covers).toList();
  }

  /** A StreamID beyond IDR1.SIDSIZE has no STE: nothing is cached for it. */
  private static boolean inRange(VsmmuState state, int streamId) {
    int sidSize = state.ids().sidSize();
    return sidSize >= Integer.SIZE || streamId >>> sidSize == 0;
  }

  /** A range says something of a stream only if it has a device or something changes. */
  private static boolean matters(VsmmuState state, SteReading reading) {
    StreamState stream = state.streams().get(reading.streamId());
    if (stream == null || state.devices().containsKey(reading.streamId())) {
      return true;
    }
    boolean same =
        reading.outcome() == Outcome.READ
            ? stream.ste().equals(reading.ste()) && stream.knowledge() == reading.knowledge()
            : reading.outcome() == Outcome.NOT_TOLD && stream.knowledge() == reading.knowledge();
    return !same;
  }
}
