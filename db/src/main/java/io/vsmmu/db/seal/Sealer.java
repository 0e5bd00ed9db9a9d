package io.vsmmu.db.seal;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NoSpaceException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.seal.SealTables.LastEvent;
import io.vsmmu.db.seal.SealTables.Segment;
import io.vsmmu.db.seal.SegmentBuilder.ChainEnd;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.GrowingTree;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SegmentHead;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.SigningKey;
import io.vsmmu.transparency.TreeHasher;
import io.vsmmu.transparency.TreeProofs;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Follows the database and seals the log, segment by segment. It owns the thread {@code sealer} and
 * takes no lock that a guest's path takes; what it reads is committed. A segment is written in one
 * transaction, so that after any end of the process the next one begins where the last committed
 * one ended. Before it continues it computes the last segment again and compares the checkpoints
 * that were signed: a difference is refused until a person has looked, because a log that signs two
 * histories proves nothing.
 */
public final class Sealer implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(Sealer.class.getName());

  private final EventDatabase database;
  private final EventLog log;
  private final SealTables tables;
  private final SealFiles files;
  private final SealSettings settings;
  private final SigningKey key;
  private final Thread thread;
  private final TreeHasher hasher = new TreeHasher();
  private final SegmentBuilder builder = new SegmentBuilder();

  /** Aggregate ids by the numbers of vSMMUs; a number is never used again. */
  private final Map<Integer, UUID> aggregateIds = new HashMap<>();

  private @Nullable GrowingTree tree;

  /** Size of the newest checkpoint. */
  private long signed;

  private volatile long size;
  private volatile long position;
  private volatile long head;

  /** The {@link System#nanoTime} when an event that is not sealed was seen; 0 if there is none. */
  private volatile long waitingSince;

  private volatile @Nullable String refusal;
  private volatile @Nullable String failure;
  private volatile boolean closed;

  /**
   * Reads the key, or makes one. Nothing is sealed before {@link #start}.
   *
   * @throws IOException if the key cannot be read or made; the message says why
   */
  public Sealer(EventDatabase database, SealSettings settings) throws IOException {
    this.database = database;
    this.log = database.shippedLog();
    this.tables = new SealTables(database.pool());
    this.settings = settings;
    this.key = SealFiles.key(settings);
    this.files = new SealFiles(settings.checkpointFile(), key.verifier().name());
    this.thread = Thread.ofPlatform().daemon().name("sealer").unstarted(this::run);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /** The key that verifies this log's checkpoints. */
  public VerifierKey key() {
    return key.verifier();
  }

  /** How far the log is sealed; makes no query. */
  public SealStatus status() {
    long since = waitingSince;
    return new SealStatus(
        key.verifier().name(),
        size,
        position,
        Math.max(0, head - position),
        since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since),
        Optional.ofNullable(refusal),
        Optional.ofNullable(failure));
  }

  private void run() {
    while (!closed && refusal == null) {
      try {
        NoSpaceException.throwIfFull(database.availability());
        resume();
        sealWhatIsDue();
        failure = null;
        pause(SealLimits.LOOK);
      } catch (RefusedException different) {
        refusal = String.valueOf(different.getMessage());
        LOGGER.log(Level.ERROR, "The log is not sealed any more: {0}", different.getMessage());
      } catch (IOException | RuntimeException failed) {
        again(failed);
      }
    }
  }

  private void again(Exception failed) {
    if (failure == null) {
      LOGGER.log(Level.WARNING, "The log could not be sealed: {0}", failed.toString());
    }
    failure = failed.toString();
    // What was committed is read again.
    tree = null;
    pause(SealLimits.RETRY_PAUSE);
  }

  private void pause(Duration duration) {
    if (!closed) {
      LockSupport.parkNanos(this, duration.toNanos());
    }
  }

  /** What was found is not what was sealed or signed; nothing more is signed. */
  private static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /** Continues behind the last segment that was committed. */
  private void resume() throws IOException, RefusedException {
    if (tree != null) {
      return;
    }
    Optional<Segment> newest = tables.newest();
    long leaves = newest.map(segment -> segment.index() + 1).orElse(0L);
    if (newest.isPresent()) {
      checkAgain(newest.get());
    }
    GrowingTree resumed = new GrowingTree(leaves, tables);
    checkSigned(resumed, leaves);
    size = leaves;
    position = newest.map(Segment::last).orElse(0L);
    tree = resumed;
  }

  private void checkAgain(Segment last) throws RefusedException {
    Optional<SegmentLeaf> stored = last.parsed();
    builder.clear();
    read(last.first(), last.last());
    if (stored.isEmpty()
        || builder.size() != last.last() - last.first() + 1
        || !Arrays.equals(stored.get().eventsRoot(), builder.eventsRoot())
        || !Arrays.equals(hasher.leaf(last.leaf()), tables.node(0, last.index()))) {
      throw new RefusedException(
          ("the events at the positions %d to %d are not those of segment %d, which was sealed:"
                  + " `vsmmu verify` says what differs")
              .formatted(last.first(), last.last(), last.index()));
    }
  }

  private void checkSigned(GrowingTree resumed, long leaves) throws IOException, RefusedException {
    Optional<SignedNote> stored = tables.newestCheckpoint();
    signed = 0;
    if (stored.isPresent()) {
      if (!stored.get().isSignedBy(key.verifier())) {
        throw new RefusedException(
            "the newest checkpoint of the database is not signed by the key of '%s': give the key with which the log was sealed (vsmmu.sealing.key-file)"
                .formatted(key.verifier().name()));
      }
      signed = checked(stored.get()).size();
      compare(checked(stored.get()), resumed, leaves, "the database");
    }
    Optional<Checkpoint> outside = files.last();
    if (outside.isPresent()) {
      compare(outside.get(), resumed, leaves, settings.checkpointFile().toString());
    }
    if (stored.isPresent() && outside.map(last -> last.size() < signed).orElse(true)) {
      files.append(stored.get());
    }
  }

  private static Checkpoint checked(SignedNote note) throws RefusedException {
    try {
      return Checkpoint.parse(note.text());
    } catch (MalformedNoteException damaged) {
      throw new RefusedException("the newest checkpoint is damaged: " + damaged.getMessage());
    }
  }

  private void compare(Checkpoint last, GrowingTree resumed, long leaves, String where)
      throws RefusedException {
    if (!last.origin().equals(key.verifier().name())) {
      throw new RefusedException(
          "the newest checkpoint of %s is one of the log '%s', not of '%s'"
              .formatted(where, last.origin(), key.verifier().name()));
    }
    if (last.size() > leaves) {
      throw new RefusedException(
          "the newest checkpoint of %s has %d segments, and the database %d: it is an older copy, or was cut"
              .formatted(where, last.size(), leaves));
    }
    byte[] root = last.size() == leaves ? resumed.root() : new TreeProofs(tables).root(last.size());
    if (!Arrays.equals(root, last.root())) {
      throw new RefusedException(
          "the newest checkpoint of %s, of size %d, is not one of the segments in the database"
              .formatted(where, last.size()));
    }
  }

  private void sealWhatIsDue() throws IOException, RefusedException {
    head = log.headPosition();
    int segments = 0;
    while (!closed && isDue()) {
      seal(Math.min(head, position + settings.events()));
      segments++;
      if (segments % SealLimits.CHECKPOINT_SEGMENTS == 0) {
        sign();
      }
      head = log.headPosition();
    }
    sign();
  }

  private boolean isDue() {
    long events = head - position;
    if (events <= 0) {
      waitingSince = 0;
      return false;
    }
    long now = System.nanoTime();
    if (waitingSince == 0) {
      waitingSince = now == 0 ? 1 : now;
    }
    return events >= settings.events() || now - waitingSince >= settings.interval().toNanos();
  }

  private void seal(long last) throws RefusedException {
    GrowingTree grown = tree();
    long first = position + 1;
    builder.clear();
    read(first, last);
    if (builder.size() != last - first + 1) {
      throw new RefusedException(
          "of the positions %d to %d the database has only %d"
              .formatted(first, last, builder.size()));
    }
    List<Integer> named = new ArrayList<>();
    List<SegmentHead> heads = heads(last, named);
    SegmentLeaf leaf = new SegmentLeaf(grown.size(), first, last, builder.eventsRoot(), heads);
    byte[] encoded = leaf.encoded();
    List<byte[]> nodes = grown.append(hasher.leaf(encoded));
    tables.add(leaf, encoded, nodes, named);
    size = grown.size();
    position = last;
    waitingSince = 0;
  }

  private GrowingTree tree() {
    GrowingTree resumed = tree;
    if (resumed == null) {
      throw new IllegalStateException("the sealer has not resumed");
    }
    return resumed;
  }

  /** Reads events into the builder. */
  private void read(long first, long last) {
    log.readAllWhile(
        first,
        last,
        event -> {
          builder.add(event, aggregateId(event.vsmmuId()));
          return true;
        });
  }

  private UUID aggregateId(int vsmmu) {
    if (aggregateIds.size() >= SealLimits.KEPT_IDS) {
      aggregateIds.clear();
    }
    return aggregateIds.computeIfAbsent(
        vsmmu,
        id ->
            database
                .registry()
                .byId(id)
                .map(RegisteredVsmmu::aggregateId)
                .orElseThrow(() -> new EventStoreException("There is no vSMMU number " + id)));
  }

  /**
   * The heads of a segment, and the numbers of those vSMMUs whose names it has.
   *
   * @param named is filled
   */
  private List<SegmentHead> heads(long last, List<Integer> named) throws RefusedException {
    Map<Integer, ChainEnd> ends = new TreeMap<>(builder.changed());
    List<RegisteredVsmmu> registered = tables.registered(ends.keySet());
    List<Integer> without =
        registered.stream().map(RegisteredVsmmu::id).filter(id -> !ends.containsKey(id)).toList();
    Map<Integer, LastEvent> lastEvents = tables.lastEvents(without);
    List<SegmentHead> heads = new ArrayList<>();
    for (RegisteredVsmmu vsmmu : registered) {
      ChainEnd end = ends.get(vsmmu.id());
      LastEvent newest = lastEvents.get(vsmmu.id());
      if (end == null && newest != null && newest.position() > last) {
        // It gets its head in the segment of its next event.
        continue;
      }
      if (end == null) {
        end = newest == null ? new ChainEnd(-1, HashChain.genesis()) : newest.end();
      }
      if (end.hash().length != HashChain.HASH_BYTES) {
        throw new RefusedException(
            "the hash of event %d of '%s' has %d bytes: `vsmmu verify` says what differs"
                .formatted(end.sequence(), vsmmu.name(), end.hash().length));
      }
      heads.add(SegmentBuilder.head(vsmmu, end));
      if (vsmmu.importStatus() != ImportStatus.IMPORTING) {
        named.add(vsmmu.id());
      }
    }
    return heads;
  }

  private void sign() throws IOException {
    GrowingTree grown = tree();
    if (grown.size() == signed) {
      return;
    }
    Checkpoint checkpoint = new Checkpoint(key.verifier().name(), grown.size(), grown.root());
    SignedNote note = new SignedNote(checkpoint.text(), List.of(key.sign(checkpoint.text())));
    tables.addCheckpoint(grown.size(), note);
    files.append(note);
    signed = grown.size();
  }

  /** Ends the thread after its segment. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(SealLimits.CLOSE_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
