package io.vsmmu.recordings.qemu;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the stimuli of each vSMMU out of the items that are known to be its own. */
final class TraceAssembler implements AttributionSearch.Settled, HostCallPlacement.Rest {

  /** Takes the text of lines that become nothing else. */
  interface KeptText {
    /**
     * @param unattributed whether the line would tell something if it were known whose it is
     */
    void keep(long line, String text, @Nullable Instant time, boolean unattributed);
  }

  /** Id of the vSMMU of a recording in which there was none. */
  private static final long NONE_SEEN = -1;

  private static final String OPCODE = "smmuv3_cmdq_opcode";

  private final List<SmmuTrack> tracks = new ArrayList<>();

  /** Index in {@link #tracks} by the search's id. */
  private final Map<Long, Integer> indexes = new HashMap<>();

  private final Supplier<SmmuTrack> starter;
  private final KernelObjects objects;
  private final Tally tally;
  private final KeptText kept;
  private final VsmmuOutput.Clock clock;
  private final AttributionSearch search;
  private final HostCallPlacement hostCalls;
  private TraceItem.@Nullable Access last;
  private @Nullable SmmuTrack ownerOfLast;
  private long machineResets;

  TraceAssembler(
      KernelObjects objects,
      Tally tally,
      KeptText kept,
      VsmmuOutput.Clock clock,
      Supplier<SmmuTrack> starter) {
    this.objects = objects;
    this.tally = tally;
    this.kept = kept;
    this.clock = clock;
    this.starter = starter;
    this.search = new AttributionSearch(objects, this);
    this.hostCalls = new HostCallPlacement(tracks, objects, search, tally, this);
  }

  List<SmmuTrack> tracks() {
    return tracks;
  }

  void take(TraceItem item) {
    search.take(item);
  }

  /** Whether there was an access by a guest. */
  boolean begun() {
    return search.begun();
  }

  /** A line that would tell something cannot be read. */
  void linesMissing() {
    search.linesMissing();
  }

  /** The recording begins with what the VMM prints when it makes the machine. */
  void startsWithMachine() {
    search.startsWithMachine();
  }

  @Override
  public void settle(TraceItem item, long owner) {
    clock.at(item.lastNumber(), item.time());
    switch (item) {
      case TraceItem.Resets resets -> reset(resets);
      case TraceItem.Host host -> hostCalls.place(host);
      case TraceItem.Device device -> device(device);
      case TraceItem.Stream stream -> stream(stream);
      case TraceItem.Access access -> {
        last = access;
        ownerOfLast = own(access, owner);
      }
      case TraceItem.Read _, TraceItem.Write _ -> own(item, owner);
    }
  }

  private @Nullable SmmuTrack own(TraceItem item, long owner) {
    if (owner < 0) {
      unattributed(item);
      return null;
    }
    tally.attributed(item.lines());
    int index = trackOf(owner);
    SmmuTrack track = tracks.get(index);
    switch (item) {
      case TraceItem.Access access -> {
        learn(index, access);
        track.access(access);
      }
      case TraceItem.Write write -> track.write(write.write());
      case TraceItem.Read read -> track.read(read.read());
      default -> {}
    }
    track.reached(item.lastNumber());
    return track;
  }

  /** Index in {@link #tracks} of the track of a vSMMU of the search; started at its first item. */
  private int trackOf(long id) {
    Integer known = indexes.get(id);
    if (known != null) {
      return known;
    }
    boolean first = tracks.isEmpty();
    SmmuTrack track = starter.get();
    int index = tracks.size();
    indexes.put(id, index);
    tracks.add(track);
    track.of(this::resetUnseen);
    track.machineResets(machineResets);
    if (hostCalls.waitsForOwners()) {
      track.output().hold();
    }
    if (first) {
      hostCalls.sweep(false);
    }
    return index;
  }

  private void learn(int owner, TraceItem.Access access) {
    KernelObjects.Viommu viommu = access.viommu();
    if (viommu != null && viommu.own(owner)) {
      hostCalls.sweep(false);
      if (!hostCalls.waitsForOwners()) {
        tracks.forEach(track -> track.output().release());
      }
    }
  }

  private void reset(TraceItem.Resets resets) {
    if (tracks.isEmpty()) {
      for (int i = 0; i < resets.lines(); i++) {
        keep(resets, i, false);
      }
      tally.kept(resets.lines());
      return;
    }
    tally.attributed(resets.lines());
    machineResets++;
    BitSet free = new BitSet();
    free.set(0, resets.lines());
    for (int i = 0; i < tracks.size(); i++) {
      int own = resets.lineOf(i);
      if (own >= 0) {
        free.clear(own);
      }
    }
    for (int i = 0; i < tracks.size(); i++) {
      int own = resets.lineOf(i);
      int line = own >= 0 ? own : free.nextSetBit(0);
      if (line >= 0) {
        free.clear(line);
      }
      int at = line >= 0 ? line : resets.lines() - 1;
      clock.at(resets.number(at), resets.time(at));
      tracks.get(i).reset();
      tracks.get(i).machineResets(machineResets);
    }
  }

  /**
   * The lines of {@code first} show a machine reset that is not in the recording. It was of all
   * vSMMUs: those that have done nothing since before the missing lines are reset with it, others
   * show it themselves.
   */
  private void resetUnseen(SmmuTrack first) {
    machineResets += first.machineResets() == machineResets ? 1 : 0;
    first.machineResets(machineResets);
    for (SmmuTrack other : tracks) {
      if (other.machineResets() < machineResets && other.lastLine() < first.lastLine()) {
        other.machineResets(machineResets);
        other.reset();
      }
    }
  }

  private void device(TraceItem.Device item) {
    SmmuTrack owner =
        tracks.stream().filter(t -> t.hasDevice(item.address())).findFirst().orElse(null);
    KernelObjects.Viommu viommu = objects.viommuOfDevice(item.address());
    if (owner != null) {
      tally.attributed(item.lines());
      if (!item.device().set()) {
        owner.detach(item.address());
      }
    } else if (!tracks.isEmpty() && viommu != null && viommu.owner() >= 0) {
      tally.attributed(item.lines());
    } else if (!item.device().set() && tracks.size() > 1) {
      unattributed(item);
    } else {
      tally.kept(item.lines());
      tally.warn(
          "kept: smmuv3_accel_%sset_iommu_device".formatted(item.device().set() ? "" : "un"),
          item.lastNumber());
      keep(item, 0, false);
    }
  }

  private void stream(TraceItem.Stream item) {
    TraceLine.Translated translated = item.translated();
    Integer owner = indexes.get(search.owners().ofStream(item.streamId()));
    SmmuTrack track =
        owner != null
            ? tracks.get(owner)
            : search.certainlyAlone() && tracks.size() == 1 ? tracks.getFirst() : null;
    if (track != null) {
      tally.attributed(item.lines());
      if (translated != null) {
        track.translated(translated);
      }
    } else if (tracks.isEmpty()) {
      tally.kept(item.lines());
      keep(item, 0, false);
    } else {
      unattributed(item);
    }
  }

  private void unattributed(TraceItem item) {
    tally.unattributed(item.lines());
    if (item instanceof TraceItem.Access access) {
      tally.unattributedCommands(access.open().commands().all());
    }
    tally.warn("which vSMMU a line belongs to is not known", item.number(0));
    for (int i = 0; i < item.lines(); i++) {
      keep(item, i, true);
    }
  }

  private void keep(TraceItem item, int line, boolean unattributed) {
    kept.keep(item.number(line), item.text(line), item.time(line), unattributed);
  }

  @Override
  public void ofTheVm(TraceItem.Host item) {
    tally.kept(item.lines());
    tally.warn("kept: host calls of the VM that name no vSMMU", item.lastNumber());
    keep(item, 0, false);
  }

  @Override
  public void unattributed(TraceItem.Host item) {
    unattributed((TraceItem) item);
  }

  /** A line that is part of no item. */
  void orphan(AccessGrouping.Line line, String event, boolean known) {
    if (known) {
      search.linesMissing();
    }
    clock.at(line.number(), line.time());
    String text = new String(line.text(), StandardCharsets.UTF_8);
    boolean unattributed = known && search.begun();
    if (unattributed) {
      tally.unattributed(1);
      // Each command has one such line.
      tally.unattributedCommands(event.equals(OPCODE) ? 1 : 0);
      tally.warn("which vSMMU a line belongs to is not known", line.number());
    } else {
      tally.kept(1);
      tally.warn(event.isEmpty() ? "text that is no trace event" : "kept: " + event, line.number());
    }
    kept.keep(line.number(), text, line.time(), unattributed);
  }

  /** A line that tells nothing. */
  void note(AccessGrouping.Line line) {
    if (!search.begun()) {
      tally.kept(1);
      tally.warn("kept: lines from before the first access", line.number());
      kept.keep(line.number(), new String(line.text(), StandardCharsets.UTF_8), line.time(), false);
    } else {
      tally.attributed(1);
    }
  }

  /**
   * The recording is over.
   *
   * @param within the access that it ends within; null if it does not
   */
  void finish(TraceItem.@Nullable Access within) {
    search.finish();
    if (tracks.isEmpty()) {
      trackOf(NONE_SEEN);
      tally.warn("no register access in the recording", 0);
    }
    hostCalls.sweep(true);
    SmmuTrack owner = ownerOfLast;
    if (within != null && within == last && owner != null) {
      owner.endingWithin();
      tally.warn("the recording ends within an access", within.lastNumber());
    }
  }
}
