package io.vsmmu.db.seal;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Sql;
import io.vsmmu.db.seal.SegmentBuilder.ChainEnd;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.TreeHasher;
import io.vsmmu.transparency.TreeNodes;
import io.vsmmu.transparency.VerifierKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/**
 * The tables of sealing. Every method throws {@link EventStoreException} if the database fails.
 * Thread-safe.
 */
final class SealTables implements TreeNodes {

  private final Sql sql;

  SealTables(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /** A sealed segment as it is stored. */
  record Segment(long index, long first, long last, byte[] leaf, byte[] nodes) {

    /** Its leaf, if the stored bytes are one of this segment. */
    Optional<SegmentLeaf> parsed() {
      try {
        SegmentLeaf read = SegmentLeaf.parse(leaf);
        return read.index() == index && read.first() == first && read.last() == last
            ? Optional.of(read)
            : Optional.empty();
      } catch (MalformedNoteException damaged) {
        return Optional.empty();
      }
    }
  }

  private static final String SEGMENT =
      "SELECT leaf_index, first_position, last_position, leaf, nodes FROM sealed_segment ";

  Optional<Segment> newest() {
    return segments(SEGMENT + "ORDER BY leaf_index DESC LIMIT 1").stream().findFirst();
  }

  Optional<Segment> segment(long index) {
    return segments(SEGMENT + "WHERE leaf_index = ?", index).stream().findFirst();
  }

  /** The segment that has a position. */
  Optional<Segment> at(long position) {
    return segments(SEGMENT + "WHERE last_position >= ? ORDER BY last_position LIMIT 1", position)
        .stream()
        .filter(segment -> segment.first() <= position)
        .findFirst();
  }

  /** The segment that has a vSMMU's name for the first time. */
  Optional<Segment> named(int vsmmu) {
    return segments(
            SEGMENT + "WHERE leaf_index = (SELECT sealed_in FROM vsmmu WHERE id = ?)", vsmmu)
        .stream()
        .findFirst();
  }

  /** The size of the newest checkpoint, 0 if there is none. */
  long newestSize() {
    return sql.query(
        "SELECT coalesce(max(size), 0) FROM seal_checkpoint",
        rows -> rows.next() ? rows.getLong(1) : 0L);
  }

  /** A page of segments in the order of their indexes. */
  List<Segment> from(long index, int limit) {
    return segments(SEGMENT + "WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?", index, limit);
  }

  private List<Segment> segments(String query, Object... arguments) {
    return sql.query(
        query,
        rows -> {
          List<Segment> found = new ArrayList<>();
          while (rows.next()) {
            found.add(
                new Segment(
                    rows.getLong(1),
                    rows.getLong(2),
                    rows.getLong(3),
                    rows.getBytes(4),
                    rows.getBytes(5)));
          }
          return found;
        },
        arguments);
  }

  @Override
  public byte[] node(int level, long index) {
    long leaf = ((index + 1) << level) - 1;
    byte[] nodes =
        sql.query(
            "SELECT nodes FROM sealed_segment WHERE leaf_index = ?",
            rows -> rows.next() ? rows.getBytes(1) : new byte[0],
            leaf);
    int begin = level * TreeHasher.HASH_BYTES;
    if (nodes.length < begin + TreeHasher.HASH_BYTES) {
      throw new EventStoreException(
          "The sealed segment %d lacks its hash of level %d".formatted(leaf, level));
    }
    return Arrays.copyOfRange(nodes, begin, begin + TreeHasher.HASH_BYTES);
  }

  /** Writes a segment, and that the vSMMUs have a head with their names in it. */
  void add(SegmentLeaf leaf, byte[] encoded, List<byte[]> nodes, List<Integer> named) {
    sql.use(
        connection -> {
          connection.setAutoCommit(false);
          try {
            insert(connection, leaf, encoded, nodes);
            mark(connection, leaf.index(), named);
            connection.commit();
          } finally {
            connection.rollback();
            connection.setAutoCommit(true);
          }
          return true;
        });
  }

  private static void insert(
      Connection connection, SegmentLeaf leaf, byte[] encoded, List<byte[]> nodes)
      throws SQLException {
    try (PreparedStatement insert =
        Sql.prepare(
            connection,
            "INSERT INTO sealed_segment (leaf_index, first_position, last_position, leaf, nodes)"
                + " VALUES (?, ?, ?, ?, ?)",
            leaf.index(),
            leaf.first(),
            leaf.last(),
            encoded,
            joined(nodes))) {
      insert.executeUpdate();
    }
  }

  /** Hashes one behind the other, as the column {@code nodes} has them. */
  static byte[] joined(List<byte[]> hashes) {
    byte[] all = new byte[hashes.size() * TreeHasher.HASH_BYTES];
    for (int i = 0; i < hashes.size(); i++) {
      System.arraycopy(hashes.get(i), 0, all, i * TreeHasher.HASH_BYTES, TreeHasher.HASH_BYTES);
    }
    return all;
  }

  private static void mark(Connection connection, long index, List<Integer> named)
      throws SQLException {
    try (PreparedStatement update =
        Sql.prepare(
            connection,
            "UPDATE vsmmu SET sealed_in = ? WHERE id = ANY (?) AND sealed_in IS NULL",
            index,
            Sql.numbers(named))) {
      update.executeUpdate();
    }
  }

  /**
   * Of the registry what a segment needs, in one statement, because an import may be completed
   * meanwhile: the vSMMUs that have events in it, and those whose names no segment has yet.
   */
  List<RegisteredVsmmu> registered(Collection<Integer> changed) {
    return sql.query(
        Registry.COLUMNS
            + " WHERE id = ANY (?) UNION ("
            + Registry.COLUMNS
            + " WHERE sealed_in IS NULL AND arrival <> ? ORDER BY id LIMIT ?)",
        Registry::all,
        Sql.numbers(changed),
        RegisteredVsmmu.ImportStatus.IMPORTING.ordinal(),
        SealLimits.HEADS_WITHOUT_EVENTS);
  }

  /** The last event of each vSMMU, if it has one, with its position. */
  Map<Integer, LastEvent> lastEvents(Collection<Integer> vsmmus) {
    return sql.query(
        "SELECT v.id, e.position, e.sequence, e.hash FROM unnest(?) AS v (id),"
            + " LATERAL (SELECT position, sequence, hash FROM event WHERE vsmmu = v.id"
            + " ORDER BY sequence DESC LIMIT 1) e",
        rows -> {
          Map<Integer, LastEvent> found = new HashMap<>();
          while (rows.next()) {
            found.put(
                (int) rows.getLong(1),
                new LastEvent(rows.getLong(2), new ChainEnd(rows.getLong(3), rows.getBytes(4))));
          }
          return found;
        },
        (Object) Sql.numbers(vsmmus));
  }

  record LastEvent(long position, ChainEnd end) {}

  void addCheckpoint(long size, SignedNote note) {
    sql.update("INSERT INTO seal_checkpoint (size, note) VALUES (?, ?)", size, note.toString());
  }

  /** The newest checkpoint, without cosignatures. */
  Optional<SignedNote> newestCheckpoint() {
    return notes("SELECT note FROM seal_checkpoint ORDER BY size DESC LIMIT 1").stream()
        .findFirst();
  }

  /** A page of checkpoints behind a size and up to another, in the order of their sizes. */
  List<SignedNote> checkpoints(long afterSize, long toSize, int limit) {
    return notes(
        "SELECT note FROM seal_checkpoint WHERE size > ? AND size <= ? ORDER BY size LIMIT ?",
        afterSize,
        toSize,
        limit);
  }

  /** The checkpoint of a size with the cosignatures of its witnesses. */
  Optional<SignedNote> checkpoint(long size) {
    return notes("SELECT note FROM seal_checkpoint WHERE size = ?", size).stream()
        .findFirst()
        .map(note -> withCosignatures(note, size));
  }

  private SignedNote withCosignatures(SignedNote note, long size) {
    List<NoteSignature> all = new ArrayList<>(note.signatures());
    for (SignedNote cosigned :
        notes(
            "SELECT ? || chr(10) || line FROM seal_cosignature WHERE size = ? ORDER BY received,"
                + " witness",
            note.text(),
            size)) {
      all.addAll(cosigned.signatures());
    }
    return new SignedNote(note.text(), all);
  }

  private List<SignedNote> notes(String query, Object... arguments) {
    return sql.query(query, SealTables::notes, arguments);
  }

  private static List<SignedNote> notes(ResultSet rows) throws SQLException {
    List<SignedNote> found = new ArrayList<>();
    while (rows.next()) {
      try {
        found.add(SignedNote.parse(rows.getString(1)));
      } catch (MalformedNoteException damaged) {
        throw new EventStoreException(
            "A stored checkpoint is damaged: " + damaged.getMessage(), damaged);
      }
    }
    return found;
  }

  /**
   * Keeps a cosignature, in the place of an earlier one of the same witness.
   *
   * @return false if there is no checkpoint of the size, or it has {@link SealLimits#WITNESSES} of
   *     others
   */
  boolean addCosignature(long size, VerifierKey witness, NoteSignature signature) {
    return sql.update(
            "INSERT INTO seal_cosignature (size, witness, line) SELECT size, ?, ?"
                + " FROM seal_checkpoint WHERE size = ? AND (SELECT count(*) FROM seal_cosignature"
                + " WHERE size = ? AND witness <> ?) < ? ON CONFLICT (size, witness)"
                + " DO UPDATE SET line = excluded.line, received = now()",
            witness.toString(),
            signature.line(),
            size,
            size,
            witness.toString(),
            SealLimits.WITNESSES)
        == 1;
  }

  /** Whether the schema has these tables, which a database of an earlier version lacks. */
  boolean exist() {
    return sql.query(
        "SELECT to_regclass('seal_checkpoint') IS NOT NULL",
        rows -> rows.next() && rows.getBoolean(1));
  }
}
