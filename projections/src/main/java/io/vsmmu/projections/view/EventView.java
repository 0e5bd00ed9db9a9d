package io.vsmmu.projections.view;

import io.vsmmu.db.log.Micros;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shows an event's content as an ordered tree, which is {@code data} in the REST interface.
 * Register values, addresses, StreamIDs and words are strings {@code "0x.."}; counts, indexes and
 * logical handles are numbers; an absent handle is null.
 */
public final class EventView {

  /** Most commands, records or lines of one event that a list of events shows. */
  public static final int PARTS_IN_LISTS = 64;

  private final int most;

  private EventView(int most) {
    this.most = most;
  }

  /** The complete content, with all of its commands, records or lines. */
  public static SequencedMap<String, @Nullable Object> of(VsmmuEvent event) {
    return new EventView(Integer.MAX_VALUE).tree(event);
  }

  /**
   * The content with at most {@link #PARTS_IN_LISTS} commands, records or lines; {@code omitted} is
   * the number of the others.
   */
  public static SequencedMap<String, @Nullable Object> brief(VsmmuEvent event) {
    return new EventView(PARTS_IN_LISTS).tree(event);
  }

  private SequencedMap<String, @Nullable Object> tree(VsmmuEvent event) {
    TreeBuilder tree = new TreeBuilder();
    switch (event) {
      case VsmmuCreated it -> created(tree, it);
      case VsmmuDeleted _, VsmmuPaused _, VsmmuResumed _ -> {}
      case VsmmuReset it -> tree.name("source", it.source());
      case DeviceAttached it -> attached(tree, it);
      case DeviceDetached it -> detached(tree, it);
      case IdentityResolved it -> tree.put("ids", PartViews.ids(it.ids()));
      case RegisterWritten it -> written(tree, it);
      case CommandsConsumed it -> consumed(tree, it);
      case CommandQueueFailed it -> queueFailed(tree, it);
      case StreamConfigured it -> configured(tree, it);
      case HostOutcomeReported it -> outcome(tree, it);
      case HostFailed it ->
          tree.put("operation", PartViews.operation(it.operation())).put("closed", it.closed());
      case FaultsReported it -> faults(tree, it);
      case PageRequestsReported it -> pageRequests(tree, it);
      case GlobalErrorRaised it -> tree.name("error", it.error()).hex("gerror", it.gerror());
      case VmmConnected it -> tree.put("pid", it.pid()).put("uid", it.uid());
      case VmmDisconnected it -> tree.put("reason", it.reason());
      case MemoryMapped it -> mapped(tree, it);
      case MemoryUnmapped it -> tree.hex("address", it.address()).hex("size", it.size());
      case HardwareQueueAllocated it ->
          tree.put("index", it.index())
              .hex("address", it.address())
              .put("size", it.size())
              .handle("queue", it.handle());
      case HardwareQueueFreed it -> tree.put("index", it.index()).handle("queue", it.handle());
      case HardwareQueueClosed it ->
          tree.put("index", it.index()).handle("queue", it.handle()).name("reason", it.reason());
      case RegisterReadsObserved it -> reads(tree, it);
      case HostCallsObserved it -> list(tree, "calls", it.calls(), PartViews::hostCall);
      case TranslationObserved it ->
          tree.sid(it.streamId())
              .put("stage", it.stage())
              .hex("iova", it.iova())
              .hex("translated", it.translated());
      case LinesKept it -> kept(tree, it);
      case RecordingFinished it -> tree.put("complete", it.complete()).put("reason", it.reason());
      case InputChanged it -> tree.put("change", it.change());
      case PartImported it -> part(tree, it);
    }
    return tree.build();
  }

  private static void created(TreeBuilder tree, VsmmuCreated it) {
    tree.name("origin", it.origin())
        .name("durability", it.durability())
        .put("properties", PartViews.properties(it.properties()))
        .put("ids", PartViews.ids(it.ids()))
        .put("vm", it.vm().isEmpty() ? null : it.vm());
  }

  /** What the log is a part of; the state that it begins with is that at this event. */
  private static void part(TreeBuilder tree, PartImported it) {
    tree.put("partOf", it.vsmmu())
        .put("firstPosition", it.firstPosition())
        .put("lastPosition", it.lastPosition())
        .put("events", it.events());
  }

  private static void attached(TreeBuilder tree, DeviceAttached it) {
    tree.sid(it.streamId())
        .put("hostDevice", PartViews.hostDevice(it.device()))
        .name("ats", it.ats())
        .put("atsEnabled", it.atsEnabled())
        .handle("device", it.deviceHandle())
        .handle("vdevice", it.vdeviceHandle())
        .handle("firstShared", it.firstHandle())
        .put("ids", PartViews.ids(it.resolved()))
        .put("reading", PartViews.fetch(it.fetch()));
  }

  private static void detached(TreeBuilder tree, DeviceDetached it) {
    tree.sid(it.streamId())
        .handle("device", it.deviceHandle())
        .handle("vdevice", it.vdeviceHandle())
        .handle("freedHwpt", it.freedHwpt())
        .handle("freedShared", it.freedShared())
        .put("undone", it.shownBefore().isPresent());
  }

  private static void written(TreeBuilder tree, RegisterWritten it) {
    tree.put(
            "register",
            Register.at(it.offset(), it.width()).map(a -> a.register().name()).orElse(null))
        .put("offset", Hex.of(it.offset()))
        .put("width", it.width())
        .hex("value", it.value())
        .name("verdict", it.verdict())
        .list(
            "changes",
            it.changes(),
            change ->
                new TreeBuilder()
                    .put("register", change.register().name())
                    .hex("value", change.value())
                    .build())
        .list("readings", it.fetches(), PartViews::fetch);
  }

  private void consumed(TreeBuilder tree, CommandsConsumed it) {
    tree.hex("prod", it.prod())
        .hex("from", it.from())
        .hex("fetched", it.fetched())
        .hex("cons", it.cons())
        .put("consumed", it.consumed())
        .put("awaitsHost", it.awaitsHost())
        .put("fetchFault", it.fetchFault());
    it.recorded().ifPresent(recorded -> tree.put("recordedError", recorded.error().name()));
    BitSet forwarded = it.forwarded();
    List<Object> commands = new ArrayList<>();
    for (int i = 0; i < Math.min(most, it.entries().size()); i++) {
      CommandEntry known = CommandView.knownBits(it.known(), i);
      SequencedMap<String, @Nullable Object> command =
          CommandView.of(i, it.entries().get(i), known);
      commands.add(new TreeBuilder().putAll(command).put("forwarded", forwarded.get(i)).build());
    }
    tree.put("commands", commands);
    omitted(tree, it.entries().size());
    list(tree, "readings", it.fetches(), PartViews::fetch);
  }

  private static void queueFailed(TreeBuilder tree, CommandQueueFailed it) {
    tree.put("entry", it.entry())
        .name("error", it.error())
        .hex("cons", it.cons())
        .hex("gerror", it.gerror())
        .put("detail", it.detail());
  }

  private static void configured(TreeBuilder tree, StreamConfigured it) {
    tree.sid(it.streamId())
        .name("configuration", it.configuration())
        .name("effective", it.effective())
        .name("reason", it.reason())
        .put("ste", SteView.words(it.ste(), it.completeness()))
        .put("known", it.completeness().name())
        .put("steUnknown", PartViews.steUnknown(it.unknownSte()))
        .put("decoded", SteView.decoded(it.ste(), it.completeness()))
        .put("entry", it.entry() < 0 ? null : it.entry())
        .put("fault", PartViews.fault(it.faultFromHereOn()))
        .handle("hwpt", it.hwpt())
        .put("allocatesHwpt", it.allocatesHwpt())
        .put("hostSte", it.allocatesHwpt() ? Hex.words(it.hostWord0(), it.hostWord1()) : null)
        .handle("freesHwpt", it.freesHwpt());
  }

  private void outcome(TreeBuilder tree, HostOutcomeReported it) {
    tree.put("decision", it.decision()).put("completes", it.completes()).hex("cons", it.cons());
    tree.put("began", it.beganMicros() == 0 ? null : Micros.toInstant(it.beganMicros()).toString());
    list(tree, "operations", it.operations(), PartViews::operation);
  }

  private void faults(TreeBuilder tree, FaultsReported it) {
    tree.put("lost", it.lost()).put("queued", it.queued()).hex("prod", it.prod());
    list(tree, "records", it.records(), PartViews::faultRecord);
  }

  private void pageRequests(TreeBuilder tree, PageRequestsReported it) {
    tree.put("lost", it.lost()).put("queued", it.queued()).hex("prod", it.prod());
    list(tree, "records", it.records(), PartViews::pageRequest);
  }

  private static void mapped(TreeBuilder tree, MemoryMapped it) {
    tree.hex("address", it.address())
        .hex("size", it.size())
        .put("access", PartViews.access(it.readable(), it.writable()))
        .name("sharing", it.sharing())
        .put("kept", it.kept());
  }

  private void reads(TreeBuilder tree, RegisterReadsObserved it) {
    tree.put("differing", it.differing());
    list(tree, "reads", it.reads(), PartViews::read);
  }

  private void kept(TreeBuilder tree, LinesKept it) {
    tree.put("firstLine", it.firstLine())
        .put("unattributed", it.unattributed())
        .put("lines", it.lines().stream().limit(most).toList());
    omitted(tree, it.lines().size());
  }

  private <T> void list(
      TreeBuilder tree,
      String name,
      List<T> items,
      Function<? super T, ? extends SequencedMap<?, ?>> item) {
    tree.list(name, items.stream().limit(most).toList(), item);
    omitted(tree, items.size());
  }

  private void omitted(TreeBuilder tree, int size) {
    if (size > most) {
      tree.put("omitted", size - most);
    }
  }
}
