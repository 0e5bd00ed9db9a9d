package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.VsmmuState;
import java.util.Optional;

/**
 * Writes a folded state as bytes, and reads it back. Snapshots in the database, unlike events, can
 * be discarded: a version that cannot read one folds the log instead. The same fields are the state
 * with which a part of a log begins ({@link EventKind#PART_IMPORTED}), so new fields are added at
 * the end, and those that exist keep their numbers and meanings. Thread-safe.
 */
public final class SnapshotCodec {

  /** The type number of snapshots in the database, which no event type has. */
  public static final int TYPE = 1000;

  /** The version that is written and read; a change of {@link VsmmuState} raises it. */
  public static final int VERSION = 5;

  static final String NAME = "StateSnapshot";

  private static final Codec<VsmmuState> SCHEMA = new SnapshotSchema();

  private SnapshotCodec() {}

  /** The bytes of a state, a new array. */
  public static byte[] encode(VsmmuState state) {
    WireWriter out = new WireWriter();
    out.revision(VERSION);
    SCHEMA.write(out, state);
    return out.toBytes();
  }

  /**
   * The state in a snapshot; empty if another version wrote it.
   *
   * @throws MalformedEventException if it is damaged
   */
  public static Optional<VsmmuState> decode(byte[] snapshot) {
    WireReader in = new WireReader(NAME, snapshot);
    return in.version() == VERSION ? Optional.of(SCHEMA.read(in)) : Optional.empty();
  }
}
