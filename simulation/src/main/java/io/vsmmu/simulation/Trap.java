package io.vsmmu.simulation;

import io.vsmmu.simulation.Step.Boundary;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends the simulated process at a boundary. Thread-safe.
 *
 * <p>At the boundary the storage is kept as the end leaves it, and {@link ProcessEndedError} is
 * thrown, there and at every later boundary.
 */
final class Trap {

  /** How a process ends. */
  enum End {
    KILL,
    POWER_LOSS,
    /** The system call that would follow fails, and with it the service. */
    CALL_FAILS
  }

  /** Keeps the storage as this end leaves it. */
  interface Keeper {
    void keep(End end);
  }

  private @Nullable Boundary armed;
  private End how = End.KILL;
  private @Nullable Boundary sprung;

  synchronized void arm(@Nullable Boundary boundary, End end) {
    armed = boundary;
    how = end;
  }

  /** Called where a boundary is reached. */
  synchronized void reached(Boundary boundary, Keeper keeper) {
    if (sprung != null) {
      throw new ProcessEndedError(sprung.name());
    }
    if (boundary == armed) {
      sprung = boundary;
      keeper.keep(how);
      throw new ProcessEndedError(boundary.name());
    }
  }

  /** The process ends now. */
  synchronized void end() {
    sprung = sprung == null ? Boundary.APPLIED : sprung;
  }

  /** How the process ended; empty while it runs. */
  synchronized Optional<End> ended() {
    return sprung == null ? Optional.empty() : Optional.of(how);
  }

  /** Another process starts. */
  synchronized void rearm() {
    armed = null;
    sprung = null;
    how = End.KILL;
  }
}
