package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to the log for a vSMMU whose invalidations may be lost (durability {@code BOUNDED_LOSS}):
 * they are decided here and written behind the guest's back, so that it goes on whatever the log
 * does. Configuration waits for the log, and for all that was decided before it.
 *
 * <p>Since {@code decide} is pure and nobody else writes this vSMMU's log, what is written later is
 * what was decided here. At most {@link WriteBehindLimits#stimuli()} are ahead of the log; then the
 * guest is held. One caller at a time.
 */
public final class WriteBehindLog implements DecisionLog, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(WriteBehindLog.class.getName());

  /** Submissions in a row that a log may fail that can be read; then it counts as away. */
  private static final int MOST_FAILURES = 1;

  private final String vsmmu;
  private final DecisionLog log;
  private final WriteBehindLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Stimulus> ahead = new ArrayDeque<>();
  private final Thread writer;

  /** After all that was decided. */
  private VsmmuState decided;

  /** After all that is known to be in the log. */
  private VsmmuState written;

  /** Whether the log takes nothing: it says so, or has confirmed nothing for too long. */
  private boolean away;

  private String whyAway = "it ends";

  /** When the log last confirmed something, or had nothing to confirm. */
  private long confirmed = System.nanoTime();

  private boolean draining;
  private boolean ending;
  private boolean closing;

  /**
   * A gate in front of {@code log}.
   *
   * @param known the state after the last event in the log
   */
  public WriteBehindLog(String vsmmu, VsmmuState known, DecisionLog log, WriteBehindLimits limits) {
    this.vsmmu = vsmmu;
    this.log = log;
    this.limits = limits;
    this.decided = known;
    this.written = known;
    this.writer = Thread.ofVirtual().name("write-behind-" + vsmmu).start(this::write);
  }

  /** How many stimuli are decided and not known to be in the log. */
  public int lag() {
    lock.lock();
    try {
      return ahead.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Submission submit(String ignored, List<Stimulus> stimuli, String subject) {
    lock.lock();
    try {
      List<Decided> decisions = subject.isEmpty() ? decideHere(stimuli) : List.of();
      if (decisions.isEmpty()) {
        return submitWhenDrained(stimuli, subject);
      }
      awaitRoom(decisions.size());
      boolean writerSleeps = ahead.isEmpty();
      if (writerSleeps) {
        confirmed = System.nanoTime();
      }
      ahead.addAll(stimuli.subList(0, decisions.size()));
      decided = decisions.getLast().after();
      if (writerSleeps || ahead.size() >= limits.submission()) {
        // Waking a thread costs the guest more than deciding: the writer is left to gather.
        changed.signalAll();
      }
      return new Submission(decisions);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Decided> since(String ignored, VsmmuState known) {
    lock.lock();
    try {
      awaitDrained();
      List<Decided> missed = log.since(vsmmu, known);
      if (!missed.isEmpty()) {
        written = missed.getLast().after();
        decided = written;
      }
      return missed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean busy(RuntimeException failure) {
    return log.busy(failure);
  }

  /** Who waits for room is refused from now on: the vSMMU ends. */
  public void stopHolding() {
    lock.lock();
    try {
      ending = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the log a last chance to take what is ahead of it. */
  @Override
  public void close() {
    lock.lock();
    try {
      awaitChange(() -> !ahead.isEmpty(), limits.patienceAtEnd().toNanos());
      ending = true;
      closing = true;
      changed.signalAll();
      if (!ahead.isEmpty()) {
        LOGGER.log(
            Level.ERROR,
            "{0} stimuli of {1} are lost: the log was away until the end",
            ahead.size(),
            vsmmu);
      }
    } finally {
      lock.unlock();
    }
    try {
      writer.join(limits.patienceAtEnd());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The decisions, if all of them may be lost; else none. */
  private List<Decided> decideHere(List<Stimulus> stimuli) {
    List<Decided> decisions = new ArrayList<>();
    VsmmuState state = decided;
    for (Stimulus stimulus : stimuli) {
      if (!(Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted)
          || !EventMetaData.mayBeLost(state, accepted)) {
        return List.of();
      }
      decisions.add(new Decided(state.events(), accepted.events(), accepted.after()));
      state = accepted.after();
      if (accepted.concernsHost()) {
        break;
      }
    }
    return decisions;
  }

  private Submission submitWhenDrained(List<Stimulus> stimuli, String subject) {
    awaitDrained();
    Submission submission = log.submit(vsmmu, stimuli, subject);
    decided = submission.last().after();
    written = decided;
    return submission;
  }

  private void awaitRoom(int more) {
    awaitChange(() -> !ending && ahead.size() + more > limits.stimuli(), Long.MAX_VALUE);
    if (ending && ahead.size() + more > limits.stimuli()) {
      throw new LogUnavailableException(
          "%s ends %d stimuli ahead".formatted(vsmmu, ahead.size()), null);
    }
  }

  private void awaitDrained() {
    draining = true;
    changed.signalAll();
    // A busy log confirms something now and then, however far it is behind.
    while (!closing && !ahead.isEmpty() && !away) {
      long left = confirmed + limits.patience().toNanos() - System.nanoTime();
      if (left <= 0) {
        becomesAway("it has confirmed nothing for %s".formatted(limits.patience()));
      } else {
        awaitConfirmation(left);
      }
    }
    draining = false;
    if (!ahead.isEmpty()) {
      throw new LogUnavailableException(
          "the log is %d stimuli behind vSMMU %s: %s".formatted(ahead.size(), vsmmu, whyAway),
          null);
    }
  }

  private void awaitConfirmation(long nanos) {
    long before = confirmed;
    awaitChange(() -> !closing && !ahead.isEmpty() && !away && confirmed == before, nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new LogUnavailableException(
          "interrupted while %s waited for its log".formatted(vsmmu), null);
    }
  }

  /** Waits, without the lock, while something holds. */
  private void awaitChange(java.util.function.BooleanSupplier holds, long nanos) {
    long left = nanos;
    try {
      while (left > 0 && holds.getAsBoolean()) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    int failures = 0;
    while (true) {
      List<Stimulus> next = next();
      if (next.isEmpty()) {
        return;
      }
      try {
        took(log.submit(vsmmu, next, "").decisions());
      } catch (StimulusRefusedException impossible) {
        lose(impossible);
        failures = 0;
      } catch (RuntimeException unconfirmed) {
        failures += log.busy(unconfirmed) ? 0 : 1;
        if (failures > MOST_FAILURES || !answers()) {
          becomesAway(unconfirmed.toString());
        }
        findOut();
      }
    }
  }

  /** What is to be written next; empty at the end. */
  private List<Stimulus> next() {
    lock.lock();
    try {
      awaitChange(() -> !closing && ahead.isEmpty(), Long.MAX_VALUE);
      awaitChange(this::mayGather, limits.gather().toNanos());
      return closing ? List.of() : ahead.stream().limit(limits.submission()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** A writer that runs after every doorbell takes the processor from the guest. */
  private boolean mayGather() {
    return !closing && !draining && ahead.size() < limits.submission();
  }

  private void took(List<Decided> decisions) {
    lock.lock();
    try {
      for (Decided decision : decisions) {
        ahead.poll();
        written = decision.after();
      }
      if (away) {
        LOGGER.log(Level.INFO, "the log of {0} answers again, {1} to go", vsmmu, ahead.size());
      }
      away = false;
      confirmed = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a log that did not confirm a submission is there all the same. */
  private boolean answers() {
    try {
      log.since(vsmmu, written);
      return true;
    } catch (RuntimeException away) {
      return false;
    }
  }

  /** After a submission that was not confirmed: how much of it is in the log. */
  private void findOut() {
    VsmmuState before = written;
    while (true) {
      try {
        List<Decided> missed = log.since(vsmmu, before);
        if (!missed.isEmpty()) {
          took(missed);
        }
        return;
      } catch (RuntimeException notYet) {
        if (pausedOrClosed()) {
          return;
        }
      }
    }
  }

  private boolean pausedOrClosed() {
    lock.lock();
    try {
      awaitChange(() -> !closing, limits.askAgain().toNanos());
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private void becomesAway(String reason) {
    lock.lock();
    try {
      if (!away) {
        LOGGER.log(
            Level.WARNING,
            "{0} goes on ahead of its log, at most {1} stimuli: {2}",
            vsmmu,
            limits.stimuli(),
            reason);
      }
      away = true;
      whyAway = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Cannot happen while nobody else writes this log; kept from repeating for ever. */
  private void lose(StimulusRefusedException refused) {
    lock.lock();
    try {
      LOGGER.log(
          Level.ERROR,
          "{0}: the log refuses what was acknowledged: {1}",
          vsmmu,
          refused.getMessage());
      ahead.clear();
      decided = written;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
