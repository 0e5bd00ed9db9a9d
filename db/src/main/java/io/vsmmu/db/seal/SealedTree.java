package io.vsmmu.db.seal;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.seal.SealTables.Segment;
import io.vsmmu.transparency.GrowingTree;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.TlogProof;
import io.vsmmu.transparency.TreeHasher;
import io.vsmmu.transparency.TreeProofs;
import io.vsmmu.transparency.VerifierKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checkpoints of a log and proofs about it, from what was sealed. Every method throws {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException} if the database fails.
 * Thread-safe.
 */
public final class SealedTree {

  private final SealTables tables;
  private final EventLog log;
  private final EventDatabase database;

  public SealedTree(EventDatabase database) {
    this.tables = new SealTables(database.pool());
    this.log = database.shippedLog();
    this.database = database;
  }

  /** Number of segments of the newest checkpoint; 0 before the first one. */
  public long size() {
    return tables.newestSize();
  }

  /** A checkpoint with its cosignatures; empty if none of that size was signed. */
  public Optional<SignedNote> checkpoint(long size) {
    return tables.checkpoint(size);
  }

  /**
   * The proof that the tree of one size continues that of another, neither larger than {@link
   * #size}.
   */
  public List<byte[]> consistency(long from, long size) {
    return new TreeProofs(tables).consistency(from, size);
  }

  /**
   * The leaf of a segment with the proof that a checkpoint has it; empty if there is no such one.
   */
  public Optional<TlogProof> segment(long index, long size) {
    return tables.segment(index).flatMap(segment -> proof(segment, size));
  }

  private Optional<TlogProof> proof(Segment segment, long size) {
    return tables
        .checkpoint(size)
        .filter(checkpoint -> segment.index() < size)
        .map(
            checkpoint ->
                new TlogProof(
                    segment.leaf(),
                    segment.index(),
                    new TreeProofs(tables).inclusion(segment.index(), size),
                    checkpoint));
  }

  /**
   * The newest segment of a checkpoint that has the head of a vSMMU, by which its log up to there,
   * wherever it is kept, is verified. Empty if the checkpoint has none.
   */
  public Optional<TlogProof> vsmmu(RegisteredVsmmu vsmmu, long size) {
    Optional<Segment> last = tables.segment(size - 1);
    if (last.isEmpty()) {
      return Optional.empty();
    }
    OptionalLong sequence = log.sequenceAtPosition(vsmmu.id(), last.get().last());
    Optional<Segment> ofEvent =
        sequence.isEmpty()
            ? Optional.empty()
            : tables.at(log.positionOf(vsmmu.id(), sequence.getAsLong()).orElseThrow());
    // An import has its name in the first segment behind its completion.
    Optional<Segment> named = tables.named(vsmmu.id()).filter(segment -> segment.index() < size);
    long newest =
        Math.max(ofEvent.map(Segment::index).orElse(-1L), named.map(Segment::index).orElse(-1L));
    return segment(newest, size);
  }

  /** The proof that a checkpoint has the event at a position; empty if it has not. */
  public Optional<EventProof> event(long position, long size) {
    return tables
        .at(position)
        .flatMap(
            segment -> proof(segment, size).map(proof -> eventProof(position, segment, proof)));
  }

  private EventProof eventProof(long position, Segment segment, TlogProof proof) {
    TreeHasher hasher = new TreeHasher();
    GrowingTree tree = new GrowingTree();
    Map<List<Long>, byte[]> nodes = new HashMap<>();
    Map<Integer, RegisteredVsmmu> registered = new HashMap<>();
    byte[][] wanted = new byte[1][];
    log.readAllWhile(
        segment.first(),
        segment.last(),
        event -> {
          byte[] bytes = encoded(event, registered);
          List<byte[]> completed = tree.append(hasher.leaf(bytes));
          for (int level = 0; level < completed.size(); level++) {
            nodes.put(List.of((long) level, (tree.size() - 1) >> level), completed.get(level));
          }
          if (event.position() == position) {
            wanted[0] = bytes;
          }
          return true;
        });
    long index = position - segment.first();
    TreeProofs proofs =
        new TreeProofs(
            (level, node) -> Objects.requireNonNull(nodes.get(List.of((long) level, node))));
    return new EventProof(
        Objects.requireNonNull(wanted[0]),
        index,
        tree.size(),
        proofs.inclusion(index, tree.size()),
        proof);
  }

  private byte[] encoded(StoredEvent event, Map<Integer, RegisteredVsmmu> registered) {
    RegisteredVsmmu vsmmu =
        registered.computeIfAbsent(
            event.vsmmuId(), id -> database.registry().byId(id).orElseThrow());
    return SegmentBuilder.encoded(event, vsmmu.aggregateId());
  }

  /**
   * Keeps the cosignature of a witness with a checkpoint.
   *
   * @param witness verifies the signature, which the caller has made sure of
   * @return false if there is no checkpoint of the size, or it has {@link SealLimits#WITNESSES}
   *     witnesses already
   */
  public boolean cosign(long size, VerifierKey witness, NoteSignature signature) {
    return tables.addCosignature(size, witness, signature);
  }
}
