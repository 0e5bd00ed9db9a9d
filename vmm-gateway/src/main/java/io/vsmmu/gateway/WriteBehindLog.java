package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The log of a vSMMU whose invalidations may be lost in a crash (durability {@code BOUNDED_LOSS}).
 * They are decided here and written behind the guest, which continues whatever the log does.
 * Configuration waits for the log, and for everything that was decided before it.
 *
 * <p>Since {@code decide} is pure and nothing else writes this vSMMU's log, what is written later
 * is what was decided here. At most {@link WriteBehindLimits#stimuli()} are not written; then the
 * guest waits.
 *
 * <p>{@code lock} guards all fields. A caller holds the session's lock when it takes it; so there
 * is one caller at a time, and the others are the writer thread, a virtual one, and {@link
 * #stopHolding}, {@link #close} and {@link #lag}. The writer does not hold it while it writes; a
 * caller holds it while it writes configuration, when the writer has nothing to write.
 */
public final class WriteBehindLog implements DecisionLog, AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(WriteBehindLog.class.getName());

  /**
   * The number of submissions in a row that a log which can be read may fail; after one more it
   * counts as unavailable.
   */
  private static final int MOST_FAILURES = 1;

  private final String vsmmu;
  private final DecisionLog log;
  private final WriteBehindLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Decided and not known to be in the log, in order. */
  private final Deque<Stimulus> unwritten = new ArrayDeque<>();

  private final Thread writer;

  /** The state after everything that was decided. */
  private VsmmuState decided;

  /** The state after everything that is known to be in the log. */
  private VsmmuState written;

  /** Why the log takes nothing; empty while it is available. */
  private Optional<String> unavailability = Optional.empty();

  /**
   * When the log last confirmed something or had nothing to confirm, in {@link System#nanoTime}'s
   * time.
   */
  private long lastConfirmation = System.nanoTime();

  /** Whether a caller waits until everything is written: the writer must not gather. */
  private boolean draining;

  /** Whether callers that wait for room are refused. */
  private boolean ending;

  /** Whether the writer ends, even with something unwritten. */
  private boolean closing;

  /**
   * Starts the writer thread.
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

  /** The number of stimuli that are decided and not known to be in the log. */
  public int lag() {
    lock.lock();
    try {
      return unwritten.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Submission submit(String ignored, List<Stimulus> stimuli, String subject) {
    lock.lock();
    try {
      Optional<Submission> here = subject.isEmpty() ? decideHere(stimuli) : Optional.empty();
      if (here.isEmpty()) {
        return submitWhenDrained(stimuli, subject);
      }
      int more = here.get().handled();
      awaitRoom(more);
      boolean writerSleeps = unwritten.isEmpty();
      if (writerSleeps) {
        lastConfirmation = System.nanoTime();
      }
      unwritten.addAll(stimuli.subList(0, more));
      decided = here.get().last().after();
      if (writerSleeps || unwritten.size() >= limits.submission()) {
        // Waking a thread costs the guest more than deciding, so the writer is left to gather.
        changed.signalAll();
      }
      return here.get();
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

  /** The vSMMU ends: refuses callers that wait for room, now and later. */
  public void stopHolding() {
    lock.lock();
    try {
      ending = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything is written, at most {@link WriteBehindLimits#closeTimeout}, and ends the
   * writer.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      awaitWhile(() -> !unwritten.isEmpty(), limits.closeTimeout().toNanos());
      ending = true;
      closing = true;
      changed.signalAll();
      if (!unwritten.isEmpty()) {
        LOGGER.log(
            Level.ERROR,
            "{0} stimuli of {1} are lost: the log was unavailable until the end",
            unwritten.size(),
            vsmmu);
      }
    } finally {
      lock.unlock();
    }
    try {
      writer.join(limits.closeTimeout());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The decisions, if all of them may be lost; else empty. */
  private Optional<Submission> decideHere(List<Stimulus> stimuli) {
    try {
      Submission here = DecisionLoop.decideUntilHost(decided, stimuli);
      for (Decided decision : here.decisions()) {
        if (!EventMetaData.mayBeLost(decided, decision.events())) {
          return Optional.empty();
        }
      }
      return Optional.of(here);
    } catch (StimulusRefusedException refused) {
      // The log refuses it too, once it has what was decided before.
      return Optional.empty();
    }
  }

  private Submission submitWhenDrained(List<Stimulus> stimuli, String subject) {
    awaitDrained();
    Submission submission = log.submit(vsmmu, stimuli, subject);
    decided = submission.last().after();
    written = decided;
    return submission;
  }

  private void awaitRoom(int more) {
    awaitWhile(() -> !ending && unwritten.size() + more > limits.stimuli(), Long.MAX_VALUE);
    if (ending && unwritten.size() + more > limits.stimuli()) {
      throw new LogUnavailableException(
          "%s ends with %d stimuli that are not written".formatted(vsmmu, unwritten.size()), null);
    }
  }

  private void awaitDrained() {
    draining = true;
    changed.signalAll();
    // A busy log confirms something now and then, however much is unwritten.
    while (!closing && !unwritten.isEmpty() && unavailability.isEmpty()) {
      long left = lastConfirmation + limits.confirmationTimeout().toNanos() - System.nanoTime();
      if (left <= 0) {
        becomesUnavailable(
            "it has confirmed nothing for %s".formatted(limits.confirmationTimeout()));
      } else {
        awaitConfirmation(left);
      }
    }
    draining = false;
    if (!unwritten.isEmpty()) {
      throw new LogUnavailableException(
          "the log is %d stimuli behind vSMMU %s: %s"
              .formatted(unwritten.size(), vsmmu, unavailability.orElse("the vSMMU ends")),
          null);
    }
  }

  private void awaitConfirmation(long nanos) {
    long before = lastConfirmation;
    awaitWhile(
        () ->
            !closing
                && !unwritten.isEmpty()
                && unavailability.isEmpty()
                && lastConfirmation == before,
        nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new LogUnavailableException(
          "interrupted while %s waited for its log".formatted(vsmmu), null);
    }
  }

  /** Waits while a condition holds, at most {@code nanos}; the lock is released meanwhile. */
  private void awaitWhile(BooleanSupplier condition, long nanos) {
    long left = nanos;
    try {
      while (left > 0 && condition.getAsBoolean()) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs on the thread {@code write-behind-ID} until the log is closed. */
  private void write() {
    int failures = 0;
    while (true) {
      List<Stimulus> next = next();
      if (next.isEmpty()) {
        return;
      }
      try {
        confirm(log.submit(vsmmu, next, "").decisions());
      } catch (StimulusRefusedException impossible) {
        drop(impossible);
        failures = 0;
      } catch (RuntimeException unconfirmed) {
        failures += log.busy(unconfirmed) ? 0 : 1;
        if (failures > MOST_FAILURES || !canBeRead()) {
          becomesUnavailable(unconfirmed.toString());
        }
        resolve();
      }
    }
  }

  /** The stimuli to write next; empty when the writer must end. */
  private List<Stimulus> next() {
    lock.lock();
    try {
      awaitWhile(() -> !closing && unwritten.isEmpty(), Long.MAX_VALUE);
      awaitWhile(this::mayGather, limits.gatherTime().toNanos());
      return closing ? List.of() : unwritten.stream().limit(limits.submission()).toList();
    } finally {
      lock.unlock();
    }
  }

  /** A writer that ran after every doorbell would take the processor from the guest. */
  private boolean mayGather() {
    return !closing && !draining && unwritten.size() < limits.submission();
  }

  private void confirm(List<Decided> decisions) {
    lock.lock();
    try {
      for (Decided decision : decisions) {
        unwritten.poll();
        written = decision.after();
      }
      if (unavailability.isPresent()) {
        LOGGER.log(
            Level.INFO,
            "the log of {0} answers again, {1} stimuli are not written yet",
            vsmmu,
            unwritten.size());
      }
      unavailability = Optional.empty();
      lastConfirmation = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean canBeRead() {
    try {
      log.since(vsmmu, written);
      return true;
    } catch (RuntimeException unreadable) {
      return false;
    }
  }

  /** Reads, until that is possible, how much of an unconfirmed submission the log contains. */
  private void resolve() {
    VsmmuState before = written;
    while (true) {
      try {
        List<Decided> missed = log.since(vsmmu, before);
        if (!missed.isEmpty()) {
          confirm(missed);
        }
        return;
      } catch (RuntimeException unreadable) {
        if (pausedOrClosing()) {
          return;
        }
      }
    }
  }

  private boolean pausedOrClosing() {
    lock.lock();
    try {
      awaitWhile(() -> !closing, limits.retryInterval().toNanos());
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private void becomesUnavailable(String reason) {
    lock.lock();
    try {
      if (unavailability.isEmpty()) {
        LOGGER.log(
            Level.WARNING,
            "{0} continues without its log, for at most {1} stimuli: {2}",
            vsmmu,
            limits.stimuli(),
            reason);
      }
      unavailability = Optional.of(reason);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops what the log refuses. That cannot happen while nothing else writes this log; the writer
   * must not try it for ever if it does.
   */
  private void drop(StimulusRefusedException refused) {
    lock.lock();
    try {
      LOGGER.log(
          Level.ERROR,
          "{0}: the log refuses what was acknowledged: {1}",
          vsmmu,
          refused.getMessage());
      unwritten.clear();
      decided = written;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
