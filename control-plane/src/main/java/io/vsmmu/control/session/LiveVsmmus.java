package io.vsmmu.control.session;

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
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** All vSMMUs that take stimuli. A recording never does: its accesses have happened. */
public final class LiveVsmmus implements AutoCloseable {

  private static final int PAGE = 256;

  /** How many names of cleared imports the service's log has. */
  private static final int NAMES_TOLD = 26;

  private final EventDatabase database;
  private final DecisionLog log;
  private final HostIommu host;
  private final VmSpaces spaces;
  private final TimeTravel states;
  private final InvalidationCounters counters = new InvalidationCounters();
  private final DeviceClaims claims = new DeviceClaims();
  private VmmSearch search = (vsmmu, state, space) -> VmmSearch.Found.NONE;
  private final ConcurrentMap<Integer, Object> resuming = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, LiveVsmmu> open = new ConcurrentHashMap<>();

  /** Finds the VMM that owns a vSMMU's devices, after a start. */
  public interface VmmSearch {

    /** What was found. */
    enum Found {
      /** Its iommufd was lent to the VM, with the objects that the log names. */
      LENT,
      /** It runs, but its descriptors cannot be had: it has to hand them over again. */
      OUT_OF_REACH,
      /** No process has the devices as the log names them. */
      NONE
    }

    /** Lends the iommufd to the VM if it can. */
    Found useVmmIommufd(RegisteredVsmmu vsmmu, VsmmuState state, VmSpace space);
  }

  public LiveVsmmus(EventDatabase database, DecisionLog log, HostIommu host, TimeTravel states) {
    this.database = database;
    this.log = log;
    this.host = host;
    this.spaces = new VmSpaces(host);
    this.states = states;
  }

  /** Says who finds VMMs again; before {@link #recover}. */
  public void search(VmmSearch finder) {
    search = finder;
  }

  /**
   * After a start: every vSMMU that has devices gets its host objects back.
   *
   * @param living told of every vSMMU that takes stimuli, with its newest state
   */
  public void recover(BiConsumer<RegisteredVsmmu, VsmmuState> living) {
    clearHalfImports();
    List<Runnable> back = new ArrayList<>();
    BiConsumer<RegisteredVsmmu, VsmmuState> later =
        (vsmmu, state) -> back.add(() -> living.accept(vsmmu, state));
    List<RegisteredVsmmu> page = database.registry().list(0, PAGE, false);
    while (!page.isEmpty()) {
      page.forEach(vsmmu -> recover(vsmmu, later));
      page = database.registry().list(page.getLast().id(), PAGE, false);
    }
    spaces.sweep();
    host.closeUnclaimed();
    // Not before: a guest that makes objects must not meet the sweep.
    back.forEach(Runnable::run);
  }

  /** What imports had stored when the service ended. */
  private void clearHalfImports() {
    List<RegisteredVsmmu> half = database.registry().importing();
    if (half.isEmpty()) {
      return;
    }
    database.registry().discardImports(half.stream().map(RegisteredVsmmu::id).toList());
    System.getLogger(LiveVsmmus.class.getName())
        .log(
            Level.WARNING,
            "Cleared what imports had stored when the service ended, {0} vSMMUs: {1}; import their"
                + " recordings again",
            half.size(),
            half.stream()
                    .limit(NAMES_TOLD)
                    .map(RegisteredVsmmu::name)
                    .collect(Collectors.joining(", "))
                + (half.size() > NAMES_TOLD ? ", ..." : ""));
  }

  /**
   * One that cannot be brought back does not keep the others away; its next request tries again.
   */
  private void recover(RegisteredVsmmu vsmmu, BiConsumer<RegisteredVsmmu, VsmmuState> living) {
    Optional<VsmmuState> state = HeadState.of(states, vsmmu);
    if (state.isEmpty() || unfinished(vsmmu, state.get())) {
      database.registry().markDeleted(vsmmu.id());
      return;
    }
    if (!takesStimuli(vsmmu, state.get())) {
      return;
    }
    if (!state.get().devices().isEmpty()) {
      bringBack(vsmmu, state.get());
    }
    living.accept(vsmmu, state.get());
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
          .log(Level.ERROR, "vSMMU " + vsmmu.name() + " is not back yet", failed);
    }
  }

  private static boolean hasVmms(VsmmuState state) {
    return state.devices().values().stream().anyMatch(device -> device.device().ownedByVmm());
  }

  /**
   * Its devices are where their VMM is. One whose VMM ended meanwhile has none any more; one whose
   * VMM cannot be reached keeps them in its log until the VMM hands them over again.
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
        live.submit(new Stimulus.DetachDevice(streamId), "recovery");
      }
      space.setVmmEnded(false);
      claims.set(vsmmu, VsmmuState.ABSENT);
    }
  }

  /** A vSMMU whose VMM was out of reach gets its objects back when the VMM was lent. */
  public void bringBackLent(RegisteredVsmmu vsmmu) {
    LiveVsmmu live = of(vsmmu);
    HeadState.of(states, vsmmu)
        .filter(LiveVsmmus::hasVmms)
        .ifPresent(state -> live.rebuild(state, pending(vsmmu, state)));
  }

  /** A vSMMU that has no event yet. */
  public LiveVsmmu created(RegisteredVsmmu vsmmu, Stimulus.Create create) {
    return open.computeIfAbsent(
        vsmmu.id(), id -> start(vsmmu, VsmmuState.ABSENT, create.durability(), create.vm()));
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
    // Not within the map: bringing one vSMMU back must not hold up another.
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

  /** Who has which host device. */
  DeviceClaims claims() {
    return claims;
  }

  private LiveVsmmu resume(RegisteredVsmmu vsmmu) {
    VsmmuState known =
        HeadState.of(states, vsmmu)
            .filter(state -> takesStimuli(vsmmu, state))
            .orElseThrow(
                () ->
                    new RequestRefusedException(
                        RequestRefusedException.Kind.CONFLICT,
                        "vsmmu",
                        vsmmu.name(),
                        "a live vSMMU: created here and not deleted; an imported log can only be"
                            + " read and replayed"));
    LiveVsmmu live = start(vsmmu, known, known.durability(), known.vm());
    try {
      Optional<CommandsConsumed> waiting = pending(vsmmu, known);
      // Without the VMM nothing can be done, and nothing failed that anybody asked for.
      if (waiting.isPresent() || !live.space().hasVmmEnded()) {
        live.rebuild(known, waiting);
      }
    } catch (RuntimeException failed) {
      live.close();
      throw failed;
    }
    return live;
  }

  private LiveVsmmu start(
      RegisteredVsmmu vsmmu, VsmmuState known, Durability durability, String vm) {
    VmSpace space = spaces.of(vsmmu, vm);
    return new LiveVsmmu(vsmmu, known, durability, log, space, counters, SessionLimits.DEFAULT);
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

  /** A creation without its first event, or a deletion whose last step is missing. */
  private static boolean unfinished(RegisteredVsmmu vsmmu, VsmmuState state) {
    return switch (vsmmu.importStatus()) {
      case CREATED_HERE -> state.lifecycle() == Lifecycle.DELETED;
      // Of the former none is left.
      case IMPORTING, IMPORTED -> false;
    };
  }

  private static boolean takesStimuli(RegisteredVsmmu vsmmu, VsmmuState state) {
    return vsmmu.importStatus() == ImportStatus.CREATED_HERE
        && state.origin() == Origin.LIVE
        && (state.lifecycle() == Lifecycle.RUNNING || state.lifecycle() == Lifecycle.PAUSED);
  }

  /** What was asked of the host for all vSMMUs since the start. */
  public InvalidationCounters counters() {
    return counters;
  }

  /** Whether the accesses of this vSMMU have happened elsewhere. */
  public boolean isRecording(RegisteredVsmmu vsmmu) {
    return vsmmu.importStatus() != ImportStatus.CREATED_HERE;
  }

  /** Whether nothing happened to this vSMMU yet: its creation was cut off. */
  public boolean isEmpty(RegisteredVsmmu vsmmu) {
    return HeadState.of(states, vsmmu).isEmpty();
  }

  /** The vSMMU takes no stimuli any more. */
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
    // A VMM keeps its iommufd open, and its guest's devices go on as they do after a kill.
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
