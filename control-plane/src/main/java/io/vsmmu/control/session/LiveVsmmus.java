package io.vsmmu.control.session;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.apply.InvalidationCounters;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.projections.model.VsmmuSummary;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;

/**
 * All vSMMUs that accept stimuli. A recording is none: the accesses of its guest happened
 * elsewhere. Thread-safe.
 */
public final class LiveVsmmus implements AutoCloseable {

  /** vSMMUs whose summaries are read at once after a start; a summary has about 1 KiB. */
  private static final int PAGE = 1000;

  /** Names of removed imports in one line of the service's log. */
  private static final int NAMES_LOGGED = 26;

  private final EventDatabase database;
  private final DecisionLog log;
  private final HostIommu host;
  private final VmSpaces spaces;
  private final TimeTravel states;
  private final InvalidationCounters counters = new InvalidationCounters();
  private final DeviceClaims claims = new DeviceClaims();
  private VmmSearch search = (vsmmu, state, space) -> VmmSearch.Found.NONE;
  private Summaries summaries = ids -> Map.of();
  private final ConcurrentMap<Integer, Object> resuming = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, LiveVsmmu> open = new ConcurrentHashMap<>();

  /** Finds the VMM that owns the devices of a vSMMU, after a start of the service. */
  public interface VmmSearch {

    enum Found {
      /** The VM uses the iommufd of the VMM, which has the objects that the log names. */
      LENT,
      /** It runs, but its descriptors cannot be copied: it has to hand them over again. */
      OUT_OF_REACH,
      /** No process has the devices as the log names them. */
      NONE
    }

    /** Searches the VMM and lets the VM use its iommufd. */
    Found useVmmIommufd(RegisteredVsmmu vsmmu, VsmmuState state, VmSpace space);
  }

  /** Reads what is known about many vSMMUs at once. */
  public interface Summaries {

    /**
     * The summaries of vSMMUs by their numbers.
     *
     * @return without those whose newest event no summary contains; they are folded from their logs
     */
    Map<Integer, VsmmuSummary> of(Collection<Integer> vsmmus);
  }

  /** A vSMMU that accepts stimuli again after a start of the service. */
  public interface Recovered {

    /**
     * @param vmmConnected whether a VMM was connected when the service ended
     */
    void accept(RegisteredVsmmu vsmmu, boolean vmmConnected);
  }

  public LiveVsmmus(EventDatabase database, DecisionLog log, HostIommu host, TimeTravel states) {
    this.database = database;
    this.log = log;
    this.host = host;
    this.spaces = new VmSpaces(host);
    this.states = states;
  }

  /** Sets the search for VMMs; to be called before {@link #recover}. */
  public void search(VmmSearch finder) {
    search = finder;
  }

  /** Sets the summaries that {@link #recover} reads; to be called before it. */
  public void summaries(Summaries readModel) {
    summaries = readModel;
  }

  /**
   * Makes the host objects of every vSMMU with devices again, after a start of the service. A vSMMU
   * without devices is known by its summary: what it costs is no query of its own.
   *
   * @param living receives every vSMMU that accepts stimuli, after all host objects are made
   */
  public void recover(Recovered living) {
    clearHalfImports();
    List<Runnable> back = new ArrayList<>();
    Recovered later = (vsmmu, connected) -> back.add(() -> living.accept(vsmmu, connected));
    List<RegisteredVsmmu> page = database.registry().list(0, PAGE, false);
    while (!page.isEmpty()) {
      List<RegisteredVsmmu> createdHere =
          page.stream().filter(it -> it.importStatus() == ImportStatus.CREATED_HERE).toList();
      Map<Integer, VsmmuSummary> known =
          summaries.of(createdHere.stream().map(RegisteredVsmmu::id).toList());
      for (RegisteredVsmmu vsmmu : createdHere) {
        recover(vsmmu, Optional.ofNullable(known.get(vsmmu.id())), later);
      }
      page = database.registry().list(page.getLast().id(), PAGE, false);
    }
    Boundaries.reached(RecoveryBoundary.HOST_REBUILT);
    spaces.sweep();
    host.closeUnclaimed();
    // Only now: the sweep would destroy objects that a guest makes at the same time.
    back.forEach(Runnable::run);
  }

  /** Removes the vSMMUs of imports that ran when the service ended. */
  private void clearHalfImports() {
    List<RegisteredVsmmu> half = database.registry().importing();
    if (half.isEmpty()) {
      return;
    }
    Boundaries.reached(RecoveryBoundary.DISCARDING_IMPORTS);
    database.registry().discardImports(half.stream().map(RegisteredVsmmu::id).toList());
    Boundaries.reached(RecoveryBoundary.IMPORTS_DISCARDED);
    System.getLogger(LiveVsmmus.class.getName())
        .log(
            Level.WARNING,
            "Cleared what imports had stored when the service ended, {0} vSMMUs: {1}; import their"
                + " recordings again",
            half.size(),
            half.stream()
                    .limit(NAMES_LOGGED)
                    .map(RegisteredVsmmu::name)
                    .collect(Collectors.joining(", "))
                + (half.size() > NAMES_LOGGED ? ", ..." : ""));
  }

  /**
   * A vSMMU whose recovery fails does not prevent that of the others; its next request tries it
   * again.
   */
  private void recover(RegisteredVsmmu vsmmu, Optional<VsmmuSummary> known, Recovered living) {
    if (known.isPresent() && known.get().devices().isEmpty()) {
      VsmmuSummary summary = known.get();
      if (summary.lifecycle() == Lifecycle.DELETED) {
        // The service ended during the deletion, before the registry was changed.
        database.registry().markDeleted(vsmmu.id());
      } else if (takesStimuli(vsmmu, summary.origin(), summary.lifecycle())) {
        living.accept(vsmmu, summary.vmm().connected());
      }
      return;
    }
    Optional<VsmmuState> state = NewestState.of(states, vsmmu);
    if (state.isEmpty() || state.get().lifecycle() == Lifecycle.DELETED) {
      database.registry().markDeleted(vsmmu.id());
      return;
    }
    if (!takesStimuli(vsmmu, state.get())) {
      return;
    }
    if (!state.get().devices().isEmpty()) {
      bringBack(vsmmu, state.get());
    }
    living.accept(vsmmu, state.get().vmm().connected());
  }

  private void bringBack(RegisteredVsmmu vsmmu, VsmmuState state) {
    claims.set(vsmmu, state);
    try {
      if (hasVmms(state)) {
        bringBackVmms(vsmmu, state);
      } else {
        of(vsmmu);
      }
    } catch (RuntimeException failed) {
      System.getLogger(LiveVsmmus.class.getName())
          .log(Level.ERROR, "vSMMU " + vsmmu.name() + " is not recovered yet", failed);
    }
  }

  private static boolean hasVmms(VsmmuState state) {
    return state.devices().values().stream().anyMatch(device -> device.device().ownedByVmm());
  }

  /**
   * Recovers a vSMMU whose devices a VMM owns. If the VMM has ended, the devices are detached. If
   * its descriptors cannot be copied, the devices stay in the log until the VMM hands them over
   * again.
   */
  private void bringBackVmms(RegisteredVsmmu vsmmu, VsmmuState state) {
    VmSpace space = spaces.of(vsmmu, state.vm());
    VmmSearch.Found found = search.useVmmIommufd(vsmmu, state, space);
    if (found == VmmSearch.Found.LENT) {
      of(vsmmu);
      return;
    }
    space.setVmmEnded(true);
    LiveVsmmu live = of(vsmmu);
    if (found == VmmSearch.Found.NONE) {
      for (int streamId : state.devices().keySet()) {
        live.submit(new Stimulus.DetachDevice(streamId), EventMetaData.RECOVERY);
      }
      space.setVmmEnded(false);
      claims.set(vsmmu, VsmmuState.ABSENT);
    }
  }

  /** Makes the host objects of a vSMMU again when its VMM has handed its descriptors over. */
  public void bringBackLent(RegisteredVsmmu vsmmu) {
    LiveVsmmu live = of(vsmmu);
    NewestState.of(states, vsmmu)
        .filter(LiveVsmmus::hasVmms)
        .ifPresent(state -> live.rebuild(state, pending(vsmmu, state)));
  }

  /** Starts a vSMMU that has no event yet. */
  public LiveVsmmu created(RegisteredVsmmu vsmmu, Stimulus.Create create) {
    return open.computeIfAbsent(vsmmu.id(), id -> start(vsmmu, VsmmuState.ABSENT, create.vm()));
  }

  /**
   * The live vSMMU of this entry.
   *
   * @throws RequestRefusedException for a recording or a deleted one
   */
  public LiveVsmmu of(RegisteredVsmmu vsmmu) {
    LiveVsmmu live = open.get(vsmmu.id());
    if (live != null) {
      return live;
    }
    // Not in computeIfAbsent, which would make other vSMMUs in the same bin wait.
    synchronized (resuming.computeIfAbsent(vsmmu.id(), id -> new Object())) {
      live = open.get(vsmmu.id());
      if (live == null) {
        live = resume(vsmmu);
        open.put(vsmmu.id(), live);
      }
    }
    resuming.remove(vsmmu.id());
    return live;
  }

  DeviceClaims claims() {
    return claims;
  }

  private LiveVsmmu resume(RegisteredVsmmu vsmmu) {
    VsmmuState known =
        NewestState.of(states, vsmmu)
            .filter(state -> takesStimuli(vsmmu, state))
            .orElseThrow(
                () ->
                    new RequestRefusedException(
                        RequestRefusedException.Kind.CONFLICT,
                        "vsmmu",
                        vsmmu.name(),
                        "a live vSMMU: created here and not deleted; an imported log can only be"
                            + " read and replayed"));
    LiveVsmmu live = start(vsmmu, known, known.vm());
    try {
      Optional<CommandsConsumed> waiting = pending(vsmmu, known);
      // Without its VMM the vSMMU has no host, and no command waits for one.
      if (waiting.isPresent() || !live.space().hasVmmEnded()) {
        live.rebuild(known, waiting);
      }
    } catch (RuntimeException failed) {
      live.close();
      throw failed;
    }
    return live;
  }

  private LiveVsmmu start(RegisteredVsmmu vsmmu, VsmmuState known, String vm) {
    VmSpace space = spaces.of(vsmmu, vm);
    return new LiveVsmmu(vsmmu, known, log, space, counters, SessionLimits.DEFAULT);
  }

  private Optional<CommandsConsumed> pending(RegisteredVsmmu vsmmu, VsmmuState state) {
    if (!state.commandQueue().awaitsHost()) {
      return Optional.empty();
    }
    long sequence = state.commandQueue().awaiting();
    List<StoredEvent> events = database.log().readPage(vsmmu.id(), sequence, 1);
    return events.stream()
        .map(event -> EventCodec.decode(event.type(), event.payload()))
        .filter(CommandsConsumed.class::isInstance)
        .map(CommandsConsumed.class::cast)
        .findFirst();
  }

  private static boolean takesStimuli(RegisteredVsmmu vsmmu, VsmmuState state) {
    return takesStimuli(vsmmu, state.origin(), state.lifecycle());
  }

  private static boolean takesStimuli(RegisteredVsmmu vsmmu, Origin origin, Lifecycle lifecycle) {
    return vsmmu.importStatus() == ImportStatus.CREATED_HERE
        && origin == Origin.LIVE
        && (lifecycle == Lifecycle.RUNNING || lifecycle == Lifecycle.PAUSED);
  }

  /** Counts the invalidations of all vSMMUs since the start of the service. */
  public InvalidationCounters counters() {
    return counters;
  }

  /** Whether the vSMMU was imported. */
  public boolean isRecording(RegisteredVsmmu vsmmu) {
    return vsmmu.importStatus() != ImportStatus.CREATED_HERE;
  }

  /** Whether the vSMMU has no event, because the service ended during its creation. */
  public boolean isEmpty(RegisteredVsmmu vsmmu) {
    return NewestState.of(states, vsmmu).isEmpty();
  }

  /** Ends the vSMMU's session and destroys its objects on the host. */
  public void forget(RegisteredVsmmu vsmmu) {
    claims.set(vsmmu, VsmmuState.ABSENT);
    LiveVsmmu live = open.remove(vsmmu.id());
    if (live != null) {
      live.close();
    }
    spaces.forget(vsmmu);
  }

  @Override
  public void close() {
    // A VMM keeps its iommufd open, so that its guest's devices work on without the service.
    for (LiveVsmmu live : open.values()) {
      if (host.keepsDescriptors() || live.space().ownedByVmm()) {
        live.abandon();
      } else {
        live.close();
      }
    }
    open.clear();
  }
}
