package io.vsmmu.db.write;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.HashChain;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;

/**
 * Appends that passed the check against their streams' heads and are written together. One that
 * does not pass is told so and left out; the others take its place.
 */
final class WriteBatch {

  /** What becomes of an append that is offered to a batch. */
  enum Admission {
    TAKEN,
    /** In conflict with the log; its caller was told. */
    REFUSED,
    /** In conflict with an append of this batch: it is one only if that gets written. */
    DEFERRED
  }

  /** An append and where its rows lie in the batch. */
  private record Planned(Append append, int firstRow) {
    int lastRow() {
      return firstRow + append.rows().size() - 1;
    }
  }

  private final WriterSession session;
  private final StreamHeads heads;
  private final HashChain chain;
  private final RowColumns rows;
  private final List<Planned> planned = new ArrayList<>();
  private final Map<Integer, StreamHead> moved = new HashMap<>();

  WriteBatch(WriterSession session, StreamHeads heads, HashChain chain) {
    this.session = session;
    this.heads = heads;
    this.chain = chain;
    this.rows = new RowColumns(session.head() + 1);
  }

  /** Checks an append and takes it in if it passes. */
  Admission admit(Append append) throws SQLException {
    Map<Integer, StreamHead> own = new HashMap<>();
    List<byte[]> hashes = new ArrayList<>(append.rows().size());
    try {
      for (AppendRow row : append.rows()) {
        hashes.add(step(own, row));
      }
    } catch (EventStoreException
        | ConcurrencyException
        | AggregateStreamCreationException refusal) {
      if (append.rows().stream().anyMatch(row -> moved.containsKey(row.vsmmuId()))) {
        return Admission.DEFERRED;
      }
      append.outcome().completeExceptionally(refusal);
      return Admission.REFUSED;
    }
    planned.add(new Planned(append, rows.size()));
    for (int i = 0; i < hashes.size(); i++) {
      rows.add(append.rows().get(i), hashes.get(i));
    }
    moved.putAll(own);
    return Admission.TAKEN;
  }

  boolean isEmpty() {
    return planned.isEmpty();
  }

  int events() {
    return rows.size();
  }

  int appends() {
    return planned.size();
  }

  /** Writes everything in one transaction. */
  void write() throws SQLException {
    boolean bulk = planned.getFirst().append().bulk();
    boolean mayLose =
        planned.stream().allMatch(p -> p.append().durability() == AppendDurability.BOUNDED_LOSS);
    session.write(rows, bulk, mayLose ? AppendDurability.BOUNDED_LOSS : AppendDurability.COMMITTED);
    moved.forEach(heads::put);
  }

  /** Tells the callers, after everything else in this process knows of the new head. */
  void acknowledge() {
    for (Planned p : planned) {
      complete(p, rows.position(p.firstRow()));
    }
  }

  /**
   * After a commit of unknown outcome: looks each append up through a new session and acknowledges
   * those that the log holds with the same hash.
   */
  void acknowledgeWritten(WriterSession fresh) throws SQLException {
    for (Planned p : planned) {
      int row = p.firstRow();
      Optional<Long> position =
          fresh.positionOf(rows.vsmmu(row), rows.event(row).sequence(), rows.hash(row));
      position.ifPresent(first -> complete(p, first));
    }
  }

  private void complete(Planned p, long firstPosition) {
    long last = firstPosition + p.append().rows().size() - 1;
    p.append().outcome().complete(new Appended(firstPosition, last, rows.hash(p.lastRow())));
  }

  private byte[] step(Map<Integer, StreamHead> own, AppendRow row) throws SQLException {
    StreamHead head = head(own, row.vsmmuId());
    long sequence = row.event().sequence();
    if (sequence != head.sequence() + 1) {
      throw refusal(row, head);
    }
    byte[] hash = chain.next(head.hash(), head.originMicros(), row.event());
    own.put(row.vsmmuId(), head.after(sequence, hash));
    return hash;
  }

  private StreamHead head(Map<Integer, StreamHead> own, int vsmmuId) throws SQLException {
    @Nullable StreamHead head = own.get(vsmmuId);
    if (head == null) {
      head = moved.get(vsmmuId);
    }
    if (head == null) {
      head = heads.get(vsmmuId);
    }
    if (head == null) {
      head = session.readStreamHead(vsmmuId);
      heads.put(vsmmuId, head);
    }
    return head;
  }

  /** What Axon's own engines throw, so that its retry and conflict handling know it. */
  private static RuntimeException refusal(AppendRow row, StreamHead head) {
    long sequence = row.event().sequence();
    String what =
        "vSMMU "
            + row.vsmmuId()
            + " ends at sequence "
            + head.sequence()
            + ", the event has "
            + sequence;
    if (sequence > head.sequence()) {
      return new EventStoreException("An event would leave a hole: " + what);
    }
    return sequence == 0
        ? new AggregateStreamCreationException("The stream exists already: " + what)
        : new ConcurrencyException("An event with this sequence was already inserted: " + what);
  }
}
