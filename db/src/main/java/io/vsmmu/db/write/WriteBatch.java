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
 * Appends that are written in one transaction. Each was checked against the last sequence of its
 * vSMMUs; one that does not follow it is refused, and the others get the positions.
 */
final class WriteBatch {

  /** The decision about an append that is offered to a batch. */
  enum Admission {
    TAKEN,
    /** It conflicts with the log; its future has failed. */
    REFUSED,
    /**
     * It conflicts with an append of this batch, so it is a conflict only if this batch is written.
     */
    DEFERRED
  }

  /** An append and the index of its first row in the batch. */
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

  /**
   * Checks an append, and adds it if its sequences follow those of its vSMMUs.
   *
   * @throws SQLException if the end of a vSMMU's log could not be read
   */
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

  /**
   * Writes every append in one transaction, which is flushed to disk if one of them asks for that.
   */
  void write() throws SQLException {
    boolean bulk = planned.getFirst().append().bulk();
    boolean mayLose =
        planned.stream().allMatch(p -> p.append().durability() == AppendDurability.BOUNDED_LOSS);
    session.write(rows, bulk, mayLose ? AppendDurability.BOUNDED_LOSS : AppendDurability.COMMITTED);
    moved.forEach(heads::put);
  }

  /**
   * Completes the futures of the callers. To be called after the new head was published, so that a
   * caller that then reads the log sees its own append.
   */
  void acknowledge() {
    for (Planned p : planned) {
      complete(p, rows.position(p.firstRow()));
    }
  }

  /**
   * After a commit whose outcome is unknown: looks up each append through a new session, and
   * acknowledges those that the log holds with the same hash. The others stay open.
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

  /** Checks one row and gives its hash; {@code own} holds the heads that this append has moved. */
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

  /** The exceptions that Axon's own engines throw, so that its conflict resolution handles them. */
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
