package io.vsmmu.db.seal;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.transparency.EventLeaf;
import io.vsmmu.transparency.GrowingTree;
import io.vsmmu.transparency.SegmentHead;
import io.vsmmu.transparency.TreeHasher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Collects what the leaf of one segment covers, event by event. Not thread-safe. */
final class SegmentBuilder {

  /** The last event of a vSMMU. */
  record ChainEnd(long sequence, byte[] hash) {}

  private final TreeHasher hasher = new TreeHasher();
  private final Map<Integer, ChainEnd> changed = new LinkedHashMap<>();
  private GrowingTree events = new GrowingTree();

  /**
   * Adds the event at the next position.
   *
   * @return the hash of its leaf
   */
  byte[] add(StoredEvent event, UUID aggregateId) {
    byte[] leaf = leafHash(hasher, event, aggregateId);
    events.append(leaf);
    changed.put(event.vsmmuId(), new ChainEnd(event.sequence(), event.hash()));
    return leaf;
  }

  static byte[] encoded(StoredEvent event, UUID aggregateId) {
    return EventLeaf.encoded(
        event.position(),
        aggregateId,
        event.sequence(),
        event.timeMicros(),
        event.type(),
        event.cause(),
        event.subject(),
        event.payload(),
        event.hash());
  }

  private static byte[] leafHash(TreeHasher hasher, StoredEvent event, UUID aggregateId) {
    return hasher.leaf(encoded(event, aggregateId));
  }

  long size() {
    return events.size();
  }

  byte[] eventsRoot() {
    return events.root();
  }

  /** The ends of the vSMMUs that have events in the segment, by their numbers. */
  Map<Integer, ChainEnd> changed() {
    return changed;
  }

  void clear() {
    changed.clear();
    events = new GrowingTree();
  }

  /** A head as it is sealed now: a vSMMU has no name of its own until its import is complete. */
  static SegmentHead head(RegisteredVsmmu vsmmu, ChainEnd end) {
    return head(vsmmu, vsmmu.importStatus() == RegisteredVsmmu.ImportStatus.IMPORTING, end);
  }

  static SegmentHead head(RegisteredVsmmu vsmmu, boolean importing, ChainEnd end) {
    return new SegmentHead(
        vsmmu.aggregateId(),
        vsmmu.originMicros(),
        importing ? SegmentHead.IMPORTING : vsmmu.importStatus().ordinal(),
        importing ? "" : vsmmu.name(),
        end.sequence(),
        end.hash());
  }
}
