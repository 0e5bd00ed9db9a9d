package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Submits the stimuli of a guest until the log contains them, however long that takes: a guest that
 * wrote a register has no way to learn that the write failed. Meanwhile the log counts as
 * unavailable, and requests of operators fail instead of waiting.
 *
 * <p>All methods but {@link #unavailability} are called under the session's lock, which stays held
 * while a thread waits here before it tries again.
 */
final class LogRetry {

  private static final System.Logger LOGGER = System.getLogger(LogRetry.class.getName());

  /**
   * The number of times in a row that a log may fail to take a stimulus; after one more failure it
   * counts as unavailable. Failures of a busy log ({@link DecisionLog#busy}) do not count.
   */
  private static final int MOST_FAILURES = 1;

  private final String vsmmu;
  private final DecisionChain decisions;
  private final Duration interval;
  private final AtomicBoolean closing;
  private final Consumer<Throwable> onUnavailable;

  /** Written under the session's lock, read by any thread. */
  private volatile @Nullable Throwable unavailability;

  /**
   * @param interval between two attempts
   * @param closing whether the session closes; attempts end then. Set here too when a thread that
   *     waits is interrupted
   * @param onUnavailable called with the reason after each attempt that found the log unavailable
   */
  LogRetry(
      String vsmmu,
      DecisionChain decisions,
      Duration interval,
      AtomicBoolean closing,
      Consumer<Throwable> onUnavailable) {
    this.vsmmu = vsmmu;
    this.decisions = decisions;
    this.interval = interval;
    this.closing = closing;
    this.onUnavailable = onUnavailable;
  }

  /** Why the log takes nothing at the moment; null while it is available. */
  @Nullable Throwable unavailability() {
    return unavailability;
  }

  /**
   * Submits a stimulus until the log contains it.
   *
   * @throws StimulusRefusedException when the stimulus is refused; nothing has happened
   * @throws IllegalStateException when the session closes meanwhile
   */
  Applied submit(Stimulus stimulus) {
    int failures = 0;
    while (true) {
      try {
        Applied applied = decisions.submit(stimulus, "");
        available();
        return applied;
      } catch (StimulusRefusedException refused) {
        available();
        throw refused;
      } catch (RuntimeException failure) {
        failures += decisions.busy(failure) ? 0 : 1;
        if (failures > MOST_FAILURES) {
          unavailable(failure);
          pause();
        }
        // Nothing else was unapplied before, so this is the stimulus, which the log contains.
        Optional<Applied> applied = applyAgain();
        if (applied.isPresent()) {
          available();
          return applied.get();
        }
      }
    }
  }

  /**
   * Applies a decision that the log contains and applying threw for, until the host takes it.
   *
   * @return as {@link DecisionChain#applyAgain}
   * @throws IllegalStateException when the session closes meanwhile
   */
  Optional<Applied> applyAgain() {
    while (true) {
      try {
        return decisions.applyAgain();
      } catch (RuntimeException failure) {
        unavailable(failure);
        pause();
      }
    }
  }

  /** Called after the log took a stimulus. */
  private void available() {
    if (unavailability != null) {
      LOGGER.log(Level.INFO, "the log of {0} answers again", vsmmu);
      unavailability = null;
    }
  }

  private void unavailable(Throwable reason) {
    if (unavailability == null) {
      LOGGER.log(Level.WARNING, "the log takes nothing of {0}: {1}", vsmmu, reason);
    }
    unavailability = reason;
    onUnavailable.accept(reason);
  }

  private void pause() {
    if (closing.get()) {
      throw new IllegalStateException("session closed while the log was unavailable: " + vsmmu);
    }
    try {
      Thread.sleep(interval);
    } catch (InterruptedException interrupted) {
      closing.set(true);
    }
  }
}
