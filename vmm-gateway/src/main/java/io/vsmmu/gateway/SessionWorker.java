package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Handles posted stimuli in order: a bounded queue, and a virtual thread that takes from it.
 * Neighbouring doorbells are handled as one slice ({@link Coalescing}). When nothing was posted for
 * {@link SessionLimits#outcomeDelay} the thread records the pending outcome. It runs only while a
 * stimulus waits, an outcome is pending or a decision is unapplied, so that an idle vSMMU has no
 * thread and no timer.
 *
 * <p>Owns no lock; the thread takes the session's lock for each stimulus. Every posted stimulus is
 * either handled or refused, also when the session ends while a caller waits for room.
 */
final class SessionWorker {

  /** How often a caller that waits for room in the queue looks whether the session has ended. */
  private static final long ROOM_POLL_MILLIS = 100;

  /** Wakes the thread when the session closes. */
  private static final PostedStimulus WAKE =
      new PostedStimulus(new Stimulus.Pause(), "", 0, new CompletableFuture<>());

  /** The session whose stimuli are handled. */
  interface Session {

    /**
     * Handles a stimulus.
     *
     * @param generation {@link SliceGuard#generation()} when it was posted
     */
    Applied handlePosted(Stimulus stimulus, String subject, int generation);

    /** Records the pending outcome, unless another thread handles a stimulus. */
    void recordOutcomeWhenIdle();

    /** Whether no outcome is pending and no decision is unapplied. */
    boolean isSettled();

    /** Records the pending outcome before the session ends. */
    void recordOutcomeAtEnd();

    /** The exception for stimuli that are posted to a closing session. */
    IllegalStateException closed();
  }

  private final String name;
  private final Session session;
  private final SessionLimits limits;
  private final AtomicBoolean closing;
  private final Coalescing coalescing;
  private final BlockingQueue<PostedStimulus> waiting;
  private final CountDownLatch end = new CountDownLatch(1);

  /** Whether the thread runs. It stays set after the end, so that no other thread is started. */
  private final AtomicBoolean attended = new AtomicBoolean();

  private volatile boolean ended;

  /**
   * @param name of the thread
   * @param closing whether the session closes; set here too when the thread is interrupted
   */
  SessionWorker(String name, Session session, SessionLimits limits, AtomicBoolean closing) {
    this.name = name;
    this.session = session;
    this.limits = limits;
    this.closing = closing;
    this.coalescing = new Coalescing(limits.coalescedEntries());
    this.waiting = new LinkedBlockingQueue<>(limits.waiting());
  }

  /**
   * Makes sure that the thread runs. To be called after something was left to do: a stimulus in the
   * queue, or a session that is not settled.
   */
  void attend() {
    if (!attended.get() && attended.compareAndSet(false, true)) {
      Thread.ofVirtual().name(name).start(this::run);
    }
  }

  /** Puts a stimulus into the queue; waits while the queue is full. */
  void post(PostedStimulus posted) {
    try {
      while (!waiting.offer(posted, ROOM_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (ended) {
          refuse(posted, null);
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      posted.done().completeExceptionally(interrupted);
    }
    attend();
    if (ended) {
      refuseWaiting(null);
    }
  }

  /**
   * Refuses a stimulus.
   *
   * @param reason why; null when the session closes
   */
  void refuse(PostedStimulus posted, @Nullable Throwable reason) {
    posted.done().completeExceptionally(reason != null ? reason : session.closed());
  }

  /**
   * Refuses every stimulus in the queue.
   *
   * @param reason as {@link #refuse}
   */
  void refuseWaiting(@Nullable Throwable reason) {
    List<PostedStimulus> refused = new ArrayList<>();
    waiting.drainTo(refused);
    if (refused.removeIf(WAKE::equals)) {
      waiting.offer(WAKE);
    }
    refused.forEach(posted -> refuse(posted, reason));
  }

  /**
   * Waits until what is in the queue is handled and the pending outcome recorded. The session is
   * closing.
   */
  void awaitEnd() {
    // A thread with a full queue is not waiting.
    waiting.offer(WAKE);
    attend();
    try {
      end.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        try {
          handleWaiting();
        } catch (InterruptedException interrupted) {
          closing.set(true);
        }
        if (closing.get() && waiting.isEmpty()) {
          session.recordOutcomeAtEnd();
          end(null);
          return;
        }
      } while (!retired());
    } catch (RuntimeException | Error failed) {
      // The session must be closable nevertheless.
      end(failed);
      throw failed;
    }
  }

  /** No thread is started any more: what waits is refused, and so is what is posted later. */
  private void end(@Nullable Throwable reason) {
    ended = true;
    refuseWaiting(reason);
    end.countDown();
  }

  private void handleWaiting() throws InterruptedException {
    List<PostedStimulus> batch = new ArrayList<>();
    PostedStimulus first = next();
    while (first != null) {
      batch.clear();
      batch.add(first);
      waiting.drainTo(batch);
      batch.removeIf(WAKE::equals);
      coalescing.group(batch).forEach(this::handle);
      first = next();
    }
  }

  /** The next stimulus; null when none waits and the session is settled or closing. */
  private @Nullable PostedStimulus next() throws InterruptedException {
    PostedStimulus first = waiting.poll();
    while (first == null && !closing.get() && !session.isSettled()) {
      first = waiting.poll(limits.outcomeDelay().toNanos(), TimeUnit.NANOSECONDS);
      if (first == null) {
        session.recordOutcomeWhenIdle();
      }
    }
    return first;
  }

  /**
   * Ends the thread, unless something was left to do before a caller of {@link #attend} could see
   * that it ends.
   */
  private boolean retired() {
    attended.set(false);
    boolean idle = waiting.isEmpty() && session.isSettled() && !closing.get();
    return idle || !attended.compareAndSet(false, true);
  }

  private void handle(Coalescing.Group group) {
    try {
      Applied applied = session.handlePosted(group.stimulus(), group.subject(), group.generation());
      group.members().forEach(posted -> posted.done().complete(applied));
    } catch (RuntimeException | Error failed) {
      group.members().forEach(posted -> posted.done().completeExceptionally(failed));
    }
  }
}
