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

/**
 * Distributes the items of a trace among its vSMMUs: each item goes to the {@link TracedSmmu} that
 * {@link AttributionSearch} attributes it to, and the text of unattributed lines is kept.
 */
final class TraceDemultiplexer implements AttributionSearch.Settled, HostCallAttribution.Unowned {

  /** Receives the text of lines from which no stimulus is made. */
  interface KeptText {
    /**
     * @param unattributed whether the line would be part of a stimulus if its vSMMU were known
     */
    void keep(long line, String text, @Nullable Instant time, boolean unattributed);
  }

  /** Id of the vSMMU that is created for a recording that shows none. */
  private static final long NONE_SEEN = -1;

  private static final String OPCODE = "smmuv3_cmdq_opcode";

  private final List<TracedSmmu> smmus = new ArrayList<>();

  /** Index in {@link #smmus} by the search's id. */
  private final Map<Long, Integer> indexes = new HashMap<>();

  /** The id that was looked up last, with its index. */
  private long latestId = Long.MIN_VALUE;

  private int latestIndex;

  private final Supplier<TracedSmmu> starter;
  private final IommufdObjects objects;
  private final ImportStatistics statistics;
  private final KeptText kept;
  private final StimulusSequencer.Clock clock;
  private final AttributionSearch search;
  private final HostCallAttribution hostCalls;
  private TraceItem.@Nullable Access last;
  private @Nullable TracedSmmu ownerOfLast;
  private long machineResets;

  TraceDemultiplexer(
      IommufdObjects objects,
      ImportStatistics statistics,
      KeptText kept,
      StimulusSequencer.Clock clock,
      Supplier<TracedSmmu> starter) {
    this.objects = objects;
    this.statistics = statistics;
    this.kept = kept;
    this.clock = clock;
    this.starter = starter;
    this.search = new AttributionSearch(objects, this);
    this.hostCalls = new HostCallAttribution(smmus, objects, search, statistics, this);
  }

  List<TracedSmmu> smmus() {
    return smmus;
  }

  void take(TraceItem item) {
    search.take(item);
  }

  /** Whether the recording has shown a guest access. */
  boolean begun() {
    return search.begun();
  }

  /** A line of a known event cannot be read. */
  void linesMissing() {
    search.linesMissing();
  }

  /** The recording begins with lines that the VMM prints while it creates the machine. */
  void startsWithMachine() {
    search.startsWithMachine();
  }

  @Override
  public void settle(TraceItem item, long owner) {
    clock.at(item.lastNumber(), item.time());
    switch (item) {
      case TraceItem.Resets resets -> reset(resets);
      case TraceItem.Host host -> hostCalls.attribute(host);
      case TraceItem.Device device -> device(device);
      case TraceItem.Stream stream -> stream(stream);
      case TraceItem.Access access -> {
        last = access;
        ownerOfLast = own(access, owner);
      }
      case TraceItem.Read _, TraceItem.Write _ -> own(item, owner);
    }
  }

  private @Nullable TracedSmmu own(TraceItem item, long owner) {
    if (owner < 0) {
      unattributed(item);
      return null;
    }
    statistics.attributed(item.lines());
    int index = smmuOf(owner);
    TracedSmmu smmu = smmus.get(index);
    switch (item) {
      case TraceItem.Access access -> {
        learn(index, access);
        smmu.access(access);
      }
      case TraceItem.Write write -> smmu.write(write.write());
      case TraceItem.Read read -> smmu.read(read.read());
      default -> {}
    }
    smmu.reached(item.lastNumber());
    return smmu;
  }

  /**
   * Index in {@link #smmus} of the vSMMU with the id of the search; it is added with its first
   * item.
   */
  private int smmuOf(long id) {
    if (id == latestId) {
      return latestIndex;
    }
    Integer known = indexes.get(id);
    if (known != null) {
      latestId = id;
      latestIndex = known;
      return known;
    }
    boolean first = smmus.isEmpty();
    TracedSmmu smmu = starter.get();
    int index = smmus.size();
    indexes.put(id, index);
    smmus.add(smmu);
    smmu.onMachineReset(this::resetUnseen);
    smmu.machineResets(machineResets);
    if (hostCalls.waitsForOwners()) {
      smmu.output().hold();
    }
    if (first) {
      hostCalls.retryWaiting(false);
    }
    return index;
  }

  private void learn(int owner, TraceItem.Access access) {
    IommufdObjects.Viommu viommu = access.viommu();
    if (viommu != null && viommu.assignTo(owner)) {
      hostCalls.retryWaiting(false);
      if (!hostCalls.waitsForOwners()) {
        smmus.forEach(smmu -> smmu.output().release());
      }
    }
  }

  private void reset(TraceItem.Resets resets) {
    if (smmus.isEmpty()) {
      for (int i = 0; i < resets.lines(); i++) {
        keep(resets, i, false);
      }
      statistics.kept(resets.lines());
      return;
    }
    statistics.attributed(resets.lines());
    machineResets++;
    BitSet free = new BitSet();
    free.set(0, resets.lines());
    for (int i = 0; i < smmus.size(); i++) {
      int own = resets.lineOf(i);
      if (own >= 0) {
        free.clear(own);
      }
    }
    for (int i = 0; i < smmus.size(); i++) {
      int own = resets.lineOf(i);
      int line = own >= 0 ? own : free.nextSetBit(0);
      if (line >= 0) {
        free.clear(line);
      }
      int at = line >= 0 ? line : resets.lines() - 1;
      clock.at(resets.number(at), resets.time(at));
      smmus.get(i).reset();
      smmus.get(i).machineResets(machineResets);
    }
  }

  /**
   * The lines of {@code first} show a machine reset whose own lines are missing. It concerned all
   * vSMMUs: those without an access since the missing lines are reset now; the lines of the others
   * show the reset themselves.
   */
  private void resetUnseen(TracedSmmu first) {
    machineResets += first.machineResets() == machineResets ? 1 : 0;
    first.machineResets(machineResets);
    for (TracedSmmu other : smmus) {
      if (other.machineResets() < machineResets && other.lastLine() < first.lastLine()) {
        other.machineResets(machineResets);
        other.reset();
      }
    }
  }

  private void device(TraceItem.Device item) {
    TracedSmmu owner =
        smmus.stream().filter(t -> t.hasDevice(item.address())).findFirst().orElse(null);
    IommufdObjects.Viommu viommu = objects.viommuOfDevice(item.address());
    if (owner != null) {
      statistics.attributed(item.lines());
      if (!item.device().set()) {
        owner.detach(item.address());
      }
    } else if (!smmus.isEmpty() && viommu != null && viommu.owner() >= 0) {
      statistics.attributed(item.lines());
    } else if (!item.device().set() && smmus.size() > 1) {
      unattributed(item);
    } else {
      statistics.kept(item.lines());
      statistics.warn(
          "kept: smmuv3_accel_%sset_iommu_device".formatted(item.device().set() ? "" : "un"),
          item.lastNumber());
      keep(item, 0, false);
    }
  }

  private void stream(TraceItem.Stream item) {
    TraceLine.Translated translated = item.translated();
    Integer owner = indexes.get(search.owners().ofStream(item.streamId()));
    TracedSmmu smmu =
        owner != null
            ? smmus.get(owner)
            : search.certainlyAlone() && smmus.size() == 1 ? smmus.getFirst() : null;
    if (smmu != null) {
      statistics.attributed(item.lines());
      if (translated != null) {
        smmu.translated(translated);
      }
    } else if (smmus.isEmpty()) {
      statistics.kept(item.lines());
      keep(item, 0, false);
    } else {
      unattributed(item);
    }
  }

  private void unattributed(TraceItem item) {
    statistics.unattributed(item.lines());
    if (item instanceof TraceItem.Access access) {
      statistics.unattributedCommands(access.effects().commands().all());
    }
    statistics.warn("which vSMMU a line belongs to is not known", item.number(0));
    for (int i = 0; i < item.lines(); i++) {
      keep(item, i, true);
    }
  }

  private void keep(TraceItem item, int line, boolean unattributed) {
    kept.keep(item.number(line), item.text(line), item.time(line), unattributed);
  }

  @Override
  public void ofTheVm(TraceItem.Host item) {
    statistics.kept(item.lines());
    statistics.warn("kept: host calls of the VM that name no vSMMU", item.lastNumber());
    keep(item, 0, false);
  }

  @Override
  public void unattributed(TraceItem.Host item) {
    unattributed((TraceItem) item);
  }

  /**
   * A line that is part of no item.
   *
   * @param known whether it is a line of a known event
   */
  void orphan(AccessGrouping.Line line, String event, boolean known) {
    if (known) {
      search.linesMissing();
    }
    clock.at(line.number(), line.time());
    String text = new String(line.text(), StandardCharsets.UTF_8);
    boolean unattributed = known && search.begun();
    if (unattributed) {
      statistics.unattributed(1);
      // Each command has one such line.
      statistics.unattributedCommands(event.equals(OPCODE) ? 1 : 0);
      statistics.warn("which vSMMU a line belongs to is not known", line.number());
    } else {
      statistics.kept(1);
      statistics.warn(
          event.isEmpty() ? "text that is no trace event" : "kept: " + event, line.number());
    }
    kept.keep(line.number(), text, line.time(), unattributed);
  }

  /** A line that adds nothing to those around it. */
  void note(AccessGrouping.Line line) {
    if (!search.begun()) {
      statistics.kept(1);
      statistics.warn("kept: lines from before the first access", line.number());
      kept.keep(line.number(), new String(line.text(), StandardCharsets.UTF_8), line.time(), false);
    } else {
      statistics.attributed(1);
    }
  }

  /**
   * Attributes the remaining items at the end of the recording.
   *
   * @param within the access within which the recording ends; null if it does not end within one
   */
  void finish(TraceItem.@Nullable Access within) {
    search.finish();
    if (smmus.isEmpty()) {
      smmuOf(NONE_SEEN);
      statistics.warn("no register access in the recording", 0);
    }
    hostCalls.retryWaiting(true);
    TracedSmmu owner = ownerOfLast;
    if (within != null && within == last && owner != null) {
      owner.endingWithin();
      statistics.warn("the recording ends within an access", within.lastNumber());
    }
  }
}
