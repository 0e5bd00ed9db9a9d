package io.vsmmu.db.log;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.ChainVerdict.Broken;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.ChainVerdict.Tampering;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the hash chain of one vSMMU. The chain alone cannot reveal that its end was cut off or
 * that it was recomputed over other events; comparing it with a {@link ChainHead} that was kept
 * outside the database does. Thread-safe: each verification has its own state.
 */
public final class ChainVerifier {

  private final EventLog log;
  private final VsmmuRegistry registry;

  public ChainVerifier(DataSource dataSource, EventLog log) {
    this.log = log;
    this.registry = new VsmmuRegistry(dataSource, Availability.UNWATCHED);
  }

  /**
   * Verifies the events in the database, without a head to compare with.
   *
   * @throws EventStoreException if there is no such vSMMU or the database cannot be read
   */
  public ChainVerdict verify(int vsmmuId) {
    return verify(vsmmuId, Optional.empty());
  }

  /**
   * Verifies the events in the database, and that they contain the expected head.
   *
   * @param expected a head kept earlier; events after it are allowed
   * @throws EventStoreException if there is no such vSMMU or the database cannot be read
   */
  public ChainVerdict verify(int vsmmuId, Optional<ChainHead> expected) {
    RegisteredVsmmu vsmmu =
        registry
            .byId(vsmmuId)
            .orElseThrow(() -> new EventStoreException("There is no vSMMU number " + vsmmuId));
    Walk walk = new Walk(vsmmu.originMicros(), expected.orElse(null));
    log.readWhile(vsmmuId, Long.MIN_VALUE, Long.MAX_VALUE, walk::step);
    return walk.verdict();
  }

  /** One pass over the events in the order of their sequences. */
  private static final class Walk {
    private final HashChain chain = new HashChain();
    private final long originMicros;
    private final @Nullable ChainHead expected;
    private byte[] hash = HashChain.genesis();
    private long sequence = -1;
    private long position;
    private long events;

    /** Sequence of the first event whose hash is computed. */
    private long from;

    /**
     * An event with a wrong hash. It was reordered if the next event has a lower position, else
     * edited; so the verdict waits for the next event.
     */
    private @Nullable StoredEvent suspect;

    private @Nullable Broken broken;

    Walk(long originMicros, @Nullable ChainHead expected) {
      this.originMicros = originMicros;
      this.expected = expected;
    }

    boolean step(StoredEvent e) {
      StoredEvent wrong = suspect;
      if (wrong != null) {
        return broken(
            wrong, e.position() < wrong.position() ? Tampering.REORDERED : Tampering.EDITED);
      }
      if (events == 0 && e.type() == HashChain.PART_IMPORTED) {
        sequence = e.sequence() - 1;
        from = e.sequence() + 1;
      }
      if (e.sequence() != sequence + 1) {
        broken = new Broken(e.position(), sequence + 1, Tampering.DROPPED, from);
        return false;
      }
      if (e.position() <= position) {
        return broken(e, Tampering.REORDERED);
      }
      if (!Arrays.equals(e.hash(), chain.next(hash, originMicros, e))) {
        suspect = e;
        return true;
      }
      ChainHead head = expected;
      if (head != null
          && head.sequence() == e.sequence()
          && !Arrays.equals(head.hash(), e.hash())) {
        return broken(e, Tampering.REWRITTEN);
      }
      hash = e.hash();
      sequence = e.sequence();
      position = e.position();
      events++;
      return true;
    }

    ChainVerdict verdict() {
      if (broken != null) {
        return broken;
      }
      if (suspect != null) {
        return new Broken(suspect.position(), suspect.sequence(), Tampering.EDITED, from);
      }
      if (expected != null && expected.sequence() > sequence) {
        return new Broken(position, sequence + 1, Tampering.TRUNCATED, from);
      }
      return new Intact(events, from, new ChainHead(sequence, hash));
    }

    private boolean broken(StoredEvent e, Tampering reason) {
      broken = new Broken(e.position(), e.sequence(), reason, from);
      return false;
    }
  }
}
