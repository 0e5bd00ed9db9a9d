package io.vsmmu.simulation;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.simulation.Step.Boundary;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The log as the service keeps it: Axon, the journal, and PostgreSQL, which the journal is copied
 * to. One server serves all programs of a process, and a database several, one after the other.
 */
final class DatabaseStorage implements Storage {

  /** Databases that no program uses, with the journals that belong to them. */
  private static final Queue<Place> IDLE = new ConcurrentLinkedQueue<>();

  /** A database and the files of its journal. */
  private record Place(String url, Map<String, byte[]> journal) {}

  private final Trap trap;
  private final SplittableRandom random;
  private final Durability durability;
  private final JournalFolder folder = new JournalFolder();
  private final String url;
  private final UUID aggregate = UUID.randomUUID();
  private Map<String, byte[]> kept;
  private @Nullable RegisteredVsmmu vsmmu;
  private @Nullable EventDatabase database;
  private @Nullable AxonDecisionLog log;
  private @Nullable DiskImage disk;
  private VsmmuState state = VsmmuState.ABSENT;
  private long promised;

  /** The process's threads are given up, which is no end of a process. */
  private volatile boolean closing;

  DatabaseStorage(Setup setup, Trap trap) {
    this.trap = trap;
    this.random = new SplittableRandom(setup.seed());
    this.durability = setup.durability();
    Place idle = IDLE.poll();
    Place place = idle == null ? new Place(TestPostgres.newDatabase(), Map.of()) : idle;
    this.url = place.url();
    this.kept = place.journal();
  }

  @Override
  public UUID aggregate() {
    return aggregate;
  }

  @Override
  public void start() {
    databaseAnswers(true);
    closing = false;
    DiskImage image = new DiskImage(folder.next(kept));
    disk = image;
    EventDatabase opened =
        EventDatabase.open(
            url,
            new JournalSettings(folder.present(), JournalStorage.LIMITS, false, this::reached),
            EventLogLimits.DEFAULTS);
    database = opened;
    log = new AxonDecisionLog(opened);
    if (vsmmu == null) {
      vsmmu = opened.registry().register(aggregate.toString(), aggregate, 0);
    }
    image.sync();
    Vsmmu.Fold fold = new Vsmmu.Fold();
    events().forEach(fold::accept);
    state = fold.state();
  }

  private void reached(JournalBoundary boundary) {
    switch (boundary) {
      case APPENDING -> reached(Boundary.APPENDING);
      case APPENDED -> reached(Boundary.APPENDED);
      case SYNCING -> reached(Boundary.SYNCING);
      case SYNCED -> {
        if (disk != null && trap.ended().isEmpty()) {
          disk.sync();
        }
        reached(Boundary.SYNCED);
      }
      case SHIPPING -> reached(Boundary.SHIPPING);
      case SHIPPED -> reached(Boundary.SHIPPED);
      default -> {}
    }
  }

  private void reached(Boundary boundary) {
    // Nothing is copied to the database by a process that has ended.
    boolean copies = boundary == Boundary.SHIPPING && trap.ended().isPresent();
    if (log != null && (!closing || copies)) {
      trap.reached(boundary, this::keep);
    }
  }

  @Override
  public void keep(Trap.End how) {
    promised =
        how == Trap.End.POWER_LOSS && durability != Durability.COMMITTED ? 0 : state.events();
    kept = present(disk).after(how, random);
  }

  @Override
  public long promised() {
    return promised;
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("no process runs");
    }
    return value;
  }

  @Override
  public DecisionLog log() {
    return this::submit;
  }

  private synchronized Submission submit(String name, List<Stimulus> stimuli, String subject) {
    if (trap.ended().isPresent()) {
      throw new ProcessEndedError("submitted after the end");
    }
    try {
      Submission submission = present(log).submit(name, stimuli, subject);
      state = submission.last().after();
      return submission;
    } catch (StimulusRefusedException refused) {
      throw refused;
    } catch (RuntimeException failed) {
      if (trap.ended().isPresent()) {
        throw new ProcessEndedError("ended while it submitted");
      }
      throw failed;
    }
  }

  @Override
  public VsmmuState state() {
    return state;
  }

  @Override
  public List<VsmmuEvent> events() {
    int id = present(vsmmu).id();
    List<StoredEvent> stored = new ArrayList<>();
    present(database).log().read(id, 0, Long.MAX_VALUE, stored::add);
    List<VsmmuEvent> events = new ArrayList<>();
    for (StoredEvent event : stored) {
      if (event.sequence() != events.size()) {
        throw new AssertionError(
            "sequence %d follows %d".formatted(event.sequence(), events.size() - 1));
      }
      events.add(EventCodec.decode(event.type(), event.payload()));
    }
    String verdict = present(database).verifier().verify(id).toString();
    if (!verdict.startsWith("Intact")) {
      throw new AssertionError(verdict);
    }
    return events;
  }

  @Override
  public void end() {
    promised = state.events();
    closeProcess();
    kept = present(disk).afterKill();
  }

  @Override
  public void die(Trap.End how) {
    if (trap.ended().isEmpty()) {
      keep(how);
      trap.end();
    }
    Map<String, byte[]> left = kept;
    closeProcess();
    kept = left;
  }

  private void closeProcess() {
    AxonDecisionLog axon = log;
    EventDatabase open = database;
    if (trap.ended().isEmpty()) {
      databaseAnswers(true);
    }
    closing = true;
    if (axon != null) {
      axon.close();
    }
    if (open != null) {
      open.close();
    }
    log = null;
    database = null;
  }

  /** No connection is accepted while the database does not answer, and those that are open end. */
  @Override
  public void databaseAnswers(boolean answers) {
    int slash = url.lastIndexOf('/', url.indexOf('?'));
    String name = url.substring(slash + 1, url.indexOf('?'));
    String administration = url.substring(0, slash) + "/postgres" + url.substring(url.indexOf('?'));
    TestPostgres.execute(
        administration, "ALTER DATABASE %s ALLOW_CONNECTIONS %s".formatted(name, answers));
    if (!answers) {
      TestPostgres.execute(
          administration,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }
  }

  @Override
  public void close() {
    if (database != null) {
      boolean whole = trap.ended().isEmpty();
      closeProcess();
      if (whole) {
        IDLE.add(new Place(url, present(disk).afterKill()));
      }
    }
    folder.delete();
  }
}
