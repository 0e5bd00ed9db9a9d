package io.vsmmu.acceptance.crash;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.control.recording.RecordingResult;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.control.replay.Replay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.replay.ReplayRequest;
import io.vsmmu.control.replay.ReplayService;
import io.vsmmu.control.replay.ReplayTarget;
import io.vsmmu.control.session.DeviceAdmission;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineTables;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process with everything between a guest and the log, its host, its read models, imports,
 * exports and replays, without HTTP; on a database that outlives it. After its start it checks what
 * the process before it left, prints {@link #READY} with what it found, and works until it is
 * killed, or until its standard input ends.
 */
final class KilledParts {

  /** Followed by the number of the guest's invalidations, and the names of the imports. */
  static final String READY = "ready ";

  static final String IMPORTED = "imported ";
  static final String EXPORTED = "exported ";

  /** The vSMMU of the guest, which has a device. */
  static final String GUEST = "guest";

  static final int SID = 0x100;

  private static final String DEVICE = "0000:01:00.0";
  private static final String TRACE = "/samples/qemu-11.1.3-accel-e1000e.trace.log";

  /** Reads of a driver, so that an import has more events than are between two snapshots. */
  private static final byte[] READS =
      "smmuv3_read_mmio addr: 0x20 val:0xd size: 0x4(0)\n"
          .repeat(1200)
          .getBytes(StandardCharsets.UTF_8);

  private static final long MOST_BYTES = 1 << 24;
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Path folder;
  private final Work work;
  private final EventDatabase database;
  private final TimeTravel states;
  private final SimulatedHost host = SimulatedHost.standard();
  private final AxonDecisionLog decisions;
  private final LiveVsmmus live;
  private final VmmSockets sockets;
  private final VsmmuAdministration administration;
  private final Projector projector;
  private final RecordingService recordings;
  private final ReplayService replays;

  /** Holds the lock of {@link #lockDatabase}. */
  private @Nullable Connection locking;

  private volatile boolean stopped;

  private KilledParts(String url, Path folder, Work work) {
    this.folder = folder;
    this.work = work;
    JournalSettings journal =
        new JournalSettings(
            folder.resolve("journal"),
            new JournalLimits(1 << 18, 64, 2),
            false,
            Boundaries::reached);
    database = EventDatabase.open(url, journal, EventLogLimits.DEFAULTS);
    states = new TimeTravel(database.log(), database.snapshots());
    Tables.migrate(database.pool());
    TimelineTables.migrate(database.pool());
    projector =
        new Projector(
            database.pool(),
            database.shippedLog(),
            database.snapshots(),
            states,
            new FindingsProjection(database.shippedLog(), states, new Checkpoints(database.pool())),
            new TimelineProjection(database.shippedLog(), states));
    projector.start();
    decisions = new AxonDecisionLog(database);
    live = new LiveVsmmus(database, decisions, host, states);
    Vms vms = new Vms(database);
    OptionRoms roms = new OptionRoms(UefiDriver.bundled(), vms, states);
    sockets = new VmmSockets(folder, Set.of(), live, roms);
    administration =
        new VsmmuAdministration(
            database, vms, live, sockets, new DeviceAdmission(host, states), Clock.systemUTC());
    recordings =
        new RecordingService(database, folder.resolve("uploads"), MOST_BYTES, Clock.systemUTC());
    replays = new ReplayService(database, host);
  }

  /**
   * @param arguments the URL of the database, a folder, and a {@link Work}
   */
  public static void main(String[] arguments) throws Exception {
    KilledParts parts =
        new KilledParts(arguments[0], Path.of(arguments[1]), Work.valueOf(arguments[2]));
    parts.run();
    System.exit(0);
  }

  private void run() throws Exception {
    sockets.start();
    if (database.registry().byName(GUEST).isEmpty()) {
      administration.create(
          GUEST, Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
    }
    if (state(guest()).devices().isEmpty()) {
      administration.attach(GUEST, DEVICE, SID, OnOffAuto.AUTO, "operator");
    }
    List<String> imports = checkAll();
    print(
        "%s%d %s"
            .formatted(
                READY, state(guest()).commands().of("TLBI_NH_VA"), String.join(",", imports)));
    Thread working = Thread.ofPlatform().daemon().start(this::work);
    while (System.in.read() >= 0) {
      continue;
    }
    stopped = true;
    working.join();
    sockets.close();
    replays.close();
    live.close();
    decisions.close();
    projector.close();
    database.close();
  }

  private RegisteredVsmmu guest() {
    return database.registry().byName(GUEST).orElseThrow();
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  // --- what must hold after each start -----------------------------------------------------------

  /**
   * Returns the names of the imports that are visible, and how many events each has. The outcome of
   * the recovery may be written meanwhile: then it is checked again.
   */
  private List<String> checkAll() throws Exception {
    while (true) {
      long tail = database.log().tailPosition();
      Map<Integer, Vsmmu.Fold> folds = folds();
      Map<RegisteredVsmmu, VsmmuState> now = new LinkedHashMap<>();
      for (RegisteredVsmmu vsmmu : database.registry().list(0, Integer.MAX_VALUE, false)) {
        now.put(vsmmu, state(vsmmu));
      }
      if (database.log().tailPosition() == tail) {
        return check(tail, folds, now);
      }
    }
  }

  /** What the log gives, vSMMU by vSMMU; no position and no sequence is missing. */
  private Map<Integer, Vsmmu.Fold> folds() {
    Map<Integer, Vsmmu.Fold> folds = new HashMap<>();
    long[] last = {0};
    database
        .log()
        .readAllWhile(
            1,
            Long.MAX_VALUE,
            event -> {
              must(
                  event.position() == last[0] + 1,
                  "position %d after %d",
                  event.position(),
                  last[0]);
              last[0]++;
              fold(folds.computeIfAbsent(event.vsmmuId(), first -> new Vsmmu.Fold()), event);
              return true;
            });
    return folds;
  }

  private List<String> check(
      long tail, Map<Integer, Vsmmu.Fold> folds, Map<RegisteredVsmmu, VsmmuState> states)
      throws Exception {
    List<String> imports = new ArrayList<>();
    for (RegisteredVsmmu vsmmu : states.keySet()) {
      VsmmuState fold = folds.get(vsmmu.id()).state();
      must(states.get(vsmmu).equals(fold), "the state of %s is its fold", vsmmu.name());
      String chain = database.verifier().verify(vsmmu.id()).toString();
      must(chain.startsWith("Intact"), "%s: %s", vsmmu.name(), chain);
      if (!vsmmu.name().equals(GUEST)) {
        imports.add("%s=%d".formatted(vsmmu.name(), fold.events()));
      }
    }
    must(database.registry().importing().isEmpty(), "no import is left");
    checkHost(folds.get(guest().id()).state());
    database.writer().awaitTail();
    must(projector.awaitPosition(tail, LONG), "the read models reach %d", tail);
    return imports;
  }

  private static void fold(Vsmmu.Fold fold, StoredEvent event) {
    must(
        event.sequence() == fold.state().events(),
        "sequence %d of vSMMU %d after %d events",
        event.sequence(),
        event.vsmmuId(),
        fold.state().events());
    fold.accept(EventCodec.decode(event.type(), event.payload()));
  }

  /** The host has what a host without a past gets from the state. */
  private void checkHost(VsmmuState state) {
    must(!state.commandQueue().awaitsHost(), "no slice waits for the host");
    SimulatedHost fresh = SimulatedHost.standard();
    try (VsmmuHost objects = new VsmmuHost(fresh)) {
      objects.rebuild(state, Optional.empty());
      must(
          attachment(host).equals(attachment(fresh)),
          "the device is attached to %s, and the state gives %s",
          attachment(host),
          attachment(fresh));
    }
  }

  private static String attachment(SimulatedHost of) {
    Attachment found = of.attachment(DEVICE).orElseThrow();
    return "%s %x %x".formatted(found.kind(), found.ste0(), found.ste1());
  }

  private VsmmuState state(RegisteredVsmmu vsmmu) {
    return states
        .at(vsmmu.id(), LogPoint.HEAD)
        .found()
        .map(StateAtEvent::state)
        .orElse(VsmmuState.ABSENT);
  }

  private static void must(boolean holds, String what, Object... values) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what.formatted(values));
    }
  }

  // --- work --------------------------------------------------------------------------------------

  private void work() {
    try {
      for (int i = 0; !stopped && work != Work.GUEST; i++) {
        switch (work) {
          case GUEST -> {}
          case IMPORTS -> importRecording(i);
          case IMPORTS_INTO_JOURNAL -> {
            lockDatabase();
            importRecording(i);
          }
          case EXPORTS -> export(i);
          case REPLAYS -> replay(i);
        }
      }
    } catch (Exception failed) {
      failed.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /** The database takes no events from here on, because a session keeps its table locked. */
  private void lockDatabase() throws SQLException {
    if (locking == null) {
      locking = database.pool().getConnection();
      locking.setAutoCommit(false);
      try (Statement statement = locking.createStatement()) {
        statement.execute("LOCK TABLE event IN EXCLUSIVE MODE");
      }
    }
  }

  private void importRecording(int i) throws IOException {
    String name = "recorded-%d-%d".formatted(ProcessHandle.current().pid(), i);
    try (InputStream sample = KilledParts.class.getResourceAsStream(TRACE)) {
      InputStream body = new SequenceInputStream(sample, new ByteArrayInputStream(READS));
      RecordingResult result = recordings.importFrom(body, Format.QEMU_TRACE, name);
      must(result instanceof RecordingResult.Imported, "%s", result);
    }
    print(IMPORTED + name);
  }

  private void export(int i) throws IOException {
    String name = "export-%d-%d.vsmmu".formatted(ProcessHandle.current().pid(), i);
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      recordings.export(guest(), out);
    }
    print(EXPORTED + name);
  }

  private void replay(int i) throws InterruptedException {
    ReplayRequest.Mode mode = i % 2 == 0 ? ReplayRequest.Mode.EVENTS : ReplayRequest.Mode.COMMANDS;
    Replay replay =
        replays.start(
            new ReplayRequest(
                guest().id(),
                mode,
                Long.MAX_VALUE,
                true,
                new ReplayTarget.Simulated(FaultPlan.none())));
    while (replay.status() == Replay.Status.RUNNING) {
      Thread.sleep(1);
    }
    ReplayReport report = replay.report();
    must(
        report != null && report.divergences().isEmpty(),
        "a replay gives the log again: %s %s",
        report,
        replay.failure());
  }
}
