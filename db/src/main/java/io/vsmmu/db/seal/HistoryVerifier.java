package io.vsmmu.db.seal;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Sql;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.log.Tail;
import io.vsmmu.db.seal.HistoryVerdict.BreakKind;
import io.vsmmu.db.seal.HistoryVerdict.Broken;
import io.vsmmu.db.seal.HistoryVerdict.Diverged;
import io.vsmmu.db.seal.HistoryVerdict.HistoryReach;
import io.vsmmu.db.seal.HistoryVerdict.Intact;
import io.vsmmu.db.seal.HistoryVerdict.Shorter;
import io.vsmmu.db.seal.SealTables.Segment;
import io.vsmmu.db.seal.SegmentBuilder.ChainEnd;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.GrowingTree;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SegmentHead;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.TreeHasher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the history of a whole database: every chain, every segment and the tree are computed
 * from the rows of the events and of the registry, and compared with what was sealed and with
 * checkpoints that were kept elsewhere. What the database itself says about the past only tells
 * where the log contradicts itself; that it is the log that once was is shown by the given
 * checkpoints alone. Thread-safe: each verification has its own state, with one event in memory at
 * a time and the end of the chain of each vSMMU.
 */
public final class HistoryVerifier {

  private static final int CHECKPOINT_PAGE = 1024;

  private final Sql sql;
  private final EventLog log;
  private final SealTables tables;

  /**
   * @param dataSource a database; nothing is written to it
   */
  public HistoryVerifier(DataSource dataSource) {
    this.sql = new Sql(dataSource);
    this.log = new EventLog(dataSource, Tail.IGNORED, new HeadSignal(), EventLogLimits.DEFAULTS);
    this.tables = new SealTables(dataSource);
  }

  /**
   * Reads the whole log.
   *
   * @param known checkpoints that were kept elsewhere; their signatures are the caller's concern
   * @throws EventStoreException if the database cannot be read
   */
  public HistoryVerdict verify(Collection<Checkpoint> known) {
    Extent extent = extent();
    Walk walk = new Walk(extent, known);
    if (walk.beginning()) {
      log.readAllWhile(1, extent.events(), walk::step);
    }
    return walk.verdict();
  }

  /**
   * What the log has when its verification begins; what is appended, sealed and signed meanwhile is
   * not looked at.
   */
  private record Extent(boolean sealing, long checkpoint, long segments, long events) {}

  /**
   * In this order, because an event is written before its segment, and that before its checkpoint.
   */
  private Extent extent() {
    boolean sealing = tables.exist();
    long checkpoint = sealing ? tables.newestSize() : 0;
    long segments = sealing ? tables.newest().map(segment -> segment.index() + 1).orElse(0L) : 0;
    return new Extent(sealing, checkpoint, segments, log.headPosition());
  }

  /** One pass over the events in the order of their positions. */
  private final class Walk {

    private final TreeHasher hasher = new TreeHasher();
    private final HashChain chain = new HashChain();
    private final SegmentBuilder builder = new SegmentBuilder();
    private final GrowingTree tree = new GrowingTree();
    private final Extent extent;
    private final Map<Integer, RegisteredVsmmu> registry = new HashMap<>();
    private final Map<UUID, RegisteredVsmmu> byAggregate = new HashMap<>();
    private final Map<Integer, ChainEnd> ends = new HashMap<>();

    /** The checkpoints that were given, by their sizes. */
    private final TreeMap<Long, List<Checkpoint>> known = new TreeMap<>();

    private final Deque<Segment> segments = new ArrayDeque<>();
    private final Deque<Checkpoint> stored = new ArrayDeque<>();
    private long lastStored = -1;

    private long events;
    private long sealed;
    private long covered;
    private @Nullable HistoryVerdict found;

    Walk(Extent extent, Collection<Checkpoint> given) {
      this.extent = extent;
      given.forEach(one -> known.computeIfAbsent(one.size(), s -> new ArrayList<>()).add(one));
      for (RegisteredVsmmu vsmmu : sql.query(Registry.COLUMNS, Registry::all)) {
        registry.put(vsmmu.id(), vsmmu);
        byAggregate.put(vsmmu.aggregateId(), vsmmu);
      }
    }

    /** Whether the tree without leaves, and the log's name, are those of the checkpoints. */
    boolean beginning() {
      Optional<SignedNote> newest = extent.sealing() ? tables.newestCheckpoint() : Optional.empty();
      if (newest.isPresent()) {
        String origin = newest.get().text().lines().findFirst().orElse("");
        for (List<Checkpoint> same : known.values()) {
          for (Checkpoint one : same) {
            if (!one.origin().equals(origin)) {
              return end(
                  new Diverged(
                      reach(),
                      one,
                      "the checkpoint is one of the log '%s', and the database has the log '%s'"
                          .formatted(one.origin(), origin)));
            }
          }
        }
      }
      return compareHeads();
    }

    boolean step(StoredEvent event) {
      if (event.position() != events + 1) {
        return broken(
            events + 1,
            BreakKind.POSITION_MISSING,
            "the next event has position " + event.position());
      }
      RegisteredVsmmu vsmmu = registry.get(event.vsmmuId());
      if (vsmmu == null) {
        return broken(
            event.position(),
            BreakKind.UNREGISTERED,
            "the registry has no vSMMU number " + event.vsmmuId());
      }
      ChainEnd before = ends.get(vsmmu.id());
      if (!follows(before, event)) {
        return broken(
            event.position(),
            BreakKind.OUT_OF_ORDER,
            "event %d of '%s' stands where event %d is expected"
                .formatted(
                    event.sequence(), vsmmu.name(), before == null ? 0 : before.sequence() + 1));
      }
      byte[] previous = before == null ? HashChain.genesis() : before.hash();
      if (event.hash().length != HashChain.HASH_BYTES
          || !Arrays.equals(event.hash(), chain.next(previous, vsmmu.originMicros(), event))) {
        return broken(
            event.position(),
            BreakKind.EDITED,
            "event %d of '%s' does not have the hash of its content"
                .formatted(event.sequence(), vsmmu.name()));
      }
      ends.put(vsmmu.id(), new ChainEnd(event.sequence(), event.hash()));
      events++;
      return seal(event, vsmmu);
    }

    private static boolean follows(@Nullable ChainEnd before, StoredEvent event) {
      return before == null
          ? event.sequence() == 0 || event.type() == HashChain.PART_IMPORTED
          : event.sequence() == before.sequence() + 1;
    }

    private boolean seal(StoredEvent event, RegisteredVsmmu vsmmu) {
      Segment segment = current();
      if (segment == null) {
        return true;
      }
      if (segment.index() != tree.size()
          || segment.first() != sealed + 1
          || segment.last() < event.position()) {
        return broken(
            sealed + 1,
            BreakKind.TREE_DIFFERS,
            "segment %d is expected to begin at position %d, but segment %d is stored with the positions %d to %d"
                .formatted(
                    tree.size(), sealed + 1, segment.index(), segment.first(), segment.last()));
      }
      builder.add(event, vsmmu.aggregateId());
      return event.position() < segment.last() || close(segment);
    }

    /** The segment that the next event belongs to; null behind the last one. */
    private @Nullable Segment current() {
      if (segments.isEmpty() && tree.size() < extent.segments()) {
        segments.addAll(tables.from(tree.size(), SealLimits.VERIFIED_SEGMENTS));
      }
      Segment next = segments.peekFirst();
      return next == null || next.index() >= extent.segments() ? null : next;
    }

    private boolean close(Segment segment) {
      Optional<SegmentLeaf> leaf = segment.parsed();
      if (leaf.isEmpty()) {
        return differs(segment, "its stored leaf is damaged");
      }
      if (!Arrays.equals(leaf.get().eventsRoot(), builder.eventsRoot())) {
        return differs(segment, "its events are not those that were sealed");
      }
      if (!headsAreThoseOf(segment, leaf.get())) {
        return false;
      }
      List<byte[]> nodes = tree.append(hasher.leaf(segment.leaf()));
      if (!Arrays.equals(SealTables.joined(nodes), segment.nodes())) {
        return broken(
            segment.first(),
            BreakKind.TREE_DIFFERS,
            "the stored hashes of segment %d are not those of its leaf".formatted(segment.index()));
      }
      segments.removeFirst();
      builder.clear();
      sealed = segment.last();
      return compareHeads();
    }

    private boolean differs(Segment segment, String why) {
      return broken(
          segment.first(),
          BreakKind.SEGMENT_DIFFERS,
          "segment %d (positions %d to %d): %s"
              .formatted(segment.index(), segment.first(), segment.last(), why));
    }

    /** Whether a leaf has the heads that follow from the rows, and no others. */
    private boolean headsAreThoseOf(Segment segment, SegmentLeaf leaf) {
      Set<Integer> expected = new HashSet<>(builder.changed().keySet());
      for (SegmentHead head : leaf.heads()) {
        RegisteredVsmmu vsmmu = byAggregate.get(head.aggregateId());
        if (vsmmu == null) {
          return broken(
              segment.first(),
              BreakKind.REGISTRY_DIFFERS,
              "the registry lacks the vSMMU %s '%s', which segment %d has"
                  .formatted(head.aggregateId(), head.name(), segment.index()));
        }
        expected.remove(vsmmu.id());
        ChainEnd end = ends.get(vsmmu.id());
        SegmentHead computed =
            SegmentBuilder.head(
                vsmmu,
                head.arrival() == SegmentHead.IMPORTING,
                end == null ? new ChainEnd(-1, HashChain.genesis()) : end);
        if (!computed.equals(head)) {
          return headDiffers(segment, head, computed);
        }
      }
      return expected.isEmpty() || differs(segment, "its leaf lacks the head of a vSMMU");
    }

    private boolean headDiffers(Segment segment, SegmentHead head, SegmentHead computed) {
      boolean chainDiffers =
          head.sequence() != computed.sequence() || !Arrays.equals(head.hash(), computed.hash());
      return chainDiffers
          ? differs(segment, "the chain of '%s' ends otherwise".formatted(computed.name()))
          : broken(
              segment.first(),
              BreakKind.REGISTRY_DIFFERS,
              "the registry has '%s' with origin %d and arrival %d, and segment %d has '%s', %d and %d"
                  .formatted(
                      computed.name(),
                      computed.originMicros(),
                      computed.arrival(),
                      segment.index(),
                      head.name(),
                      head.originMicros(),
                      head.arrival()));
    }

    /** Compares the tree with the checkpoints of its size. */
    private boolean compareHeads() {
      byte[] root = tree.root();
      for (Checkpoint one : known.getOrDefault(tree.size(), List.of())) {
        if (!Arrays.equals(one.root(), root)) {
          return end(
              new Diverged(
                  reach(),
                  one,
                  "with %d segments (positions 1 to %d) the log is another one than the checkpoint's"
                      .formatted(tree.size(), sealed)));
        }
        covered = sealed;
      }
      Checkpoint own = storedUpTo(tree.size());
      return own == null
          || Arrays.equals(own.root(), root)
          || broken(
              sealed,
              BreakKind.TREE_DIFFERS,
              "the stored checkpoint of size %d is not one of the log".formatted(own.size()));
    }

    /** The stored checkpoint of a size; null if there is none. */
    private @Nullable Checkpoint storedUpTo(long size) {
      while (true) {
        if (stored.isEmpty() && lastStored < extent.checkpoint()) {
          for (SignedNote note :
              tables.checkpoints(lastStored, extent.checkpoint(), CHECKPOINT_PAGE)) {
            try {
              stored.add(Checkpoint.parse(note.text()));
            } catch (MalformedNoteException damaged) {
              throw new EventStoreException("A stored checkpoint is damaged", damaged);
            }
          }
        }
        Checkpoint next = stored.peekFirst();
        if (next == null || next.size() > size) {
          return null;
        }
        stored.removeFirst();
        lastStored = next.size();
        if (next.size() == size) {
          return next;
        }
      }
    }

    HistoryVerdict verdict() {
      HistoryVerdict already = found;
      if (already != null) {
        return already;
      }
      if (!known.isEmpty() && known.lastKey() > tree.size()) {
        return new Shorter(reach(), known.lastEntry().getValue().getFirst());
      }
      if (current() != null) {
        return new Broken(
            reach(), events + 1, BreakKind.CUT, "the log ends before its last segment does");
      }
      storedUpTo(tree.size());
      Checkpoint beyond = stored.peekFirst();
      if (beyond != null) {
        return new Broken(
            reach(),
            sealed + 1,
            BreakKind.TREE_DIFFERS,
            "a checkpoint of %d segments is stored, and the log has %d"
                .formatted(beyond.size(), tree.size()));
      }
      return new Intact(reach());
    }

    private HistoryReach reach() {
      return new HistoryReach(events, tree.size(), sealed, covered);
    }

    private boolean broken(long position, BreakKind kind, String text) {
      return end(new Broken(reach(), position, kind, text));
    }

    private boolean end(HistoryVerdict verdict) {
      found = verdict;
      return false;
    }
  }
}
