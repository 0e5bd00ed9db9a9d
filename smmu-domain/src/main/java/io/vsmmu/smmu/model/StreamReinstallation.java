package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.CommandVerdict.Reinstall;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.SteReading.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** CFGI_STE, CFGI_STE_RANGE and CFGI_ALL: STEs are read again. */
final class StreamReinstallation {

  private StreamReinstallation() {}

  /** Reinstalls what the command covers; returns the readings that were used. */
  static List<SteReading> apply(
      Draft draft, Reinstall reinstall, List<SteReading> readings, int entry) {
    VsmmuState state = draft.state();
    SequencedMap<Integer, SteReading> affected = new TreeMap<>();
    for (SteReading reading : readings) {
      if (reinstall.covers(reading.streamId()) && inRange(state, reading.streamId())) {
        affected.put(reading.streamId(), reading);
      }
    }
    List<SteReading> used = new ArrayList<>(affected.values());
    if (reinstall.single() && inRange(state, reinstall.firstSid())) {
      affected.putIfAbsent(reinstall.firstSid(), SteReading.notTold(reinstall.firstSid()));
    }
    for (int streamId : state.streams().keySet()) {
      if (reinstall.covers(streamId)) {
        affected.putIfAbsent(streamId, SteReading.notTold(streamId));
      }
    }
    Reason reason = reinstall.single() ? Reason.CFGI_STE : Reason.CFGI_STE_RANGE;
    for (SteReading reading : affected.values()) {
      if (reinstall.single() || matters(state, reading)) {
        StreamPlacement.install(draft, reading, reason, entry);
      }
    }
    return used;
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
