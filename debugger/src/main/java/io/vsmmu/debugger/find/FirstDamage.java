package io.vsmmu.debugger.find;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.find.FindAnswer.Damage;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for the first event of a log that is missing or cannot be decoded. */
final class FirstDamage {

  private long next;
  private @Nullable Damage damage;

  private FirstDamage(long first) {
    this.next = first;
  }

  /** The first damage of the events up to a sequence, as the exception to throw. */
  static Optional<DamagedLogException> upTo(EventLog log, int vsmmu, long last) {
    FirstDamage search = new FirstDamage(log.firstSequence(vsmmu).orElse(0));
    log.readWhile(vsmmu, search.next, last, search::visit);
    if (search.damage == null && search.next <= last) {
      search.missing();
    }
    return Optional.ofNullable(search.damage).map(DamagedLogException::new);
  }

  private boolean visit(StoredEvent stored) {
    if (stored.sequence() != next) {
      missing();
      return false;
    }
    next++;
    try {
      EventCodec.decode(stored.type(), stored.payload());
      return true;
    } catch (MalformedEventException malformed) {
      damage =
          new Damage(
              stored.sequence(),
              stored.position(),
              "it cannot be decoded: " + malformed.getMessage());
      return false;
    }
  }

  private void missing() {
    damage = Damage.missing(next);
  }
}
