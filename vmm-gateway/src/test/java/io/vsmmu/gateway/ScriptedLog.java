package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A log in memory that fails and waits on demand. */
final class ScriptedLog implements DecisionLog {

  /** The outcome of a submission. */
  enum Fate {
    WRITTEN,
    /** Refused before anything was written. */
    LOST,
    /** Not taken, because there is too much to do. */
    BUSY
  }

  private final Deque<Fate> fates = new ArrayDeque<>();
  private final List<List<Stimulus>> submissions = new ArrayList<>();
  private final List<String> subjects = new ArrayList<>();
  private final List<Decided> decisions = new ArrayList<>();
  private boolean unavailable;
  private VsmmuState state = VsmmuState.ABSENT;
  private volatile Duration delay = Duration.ZERO;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** The next submissions end like this. */
  synchronized void next(Fate... next) {
    fates.addAll(List.of(next));
  }

  /** Whether nothing can be written. */
  synchronized void unavailable(boolean isAway) {
    unavailable = isAway;
  }

  /** The time that each submission takes from now on. */
  void slow(Duration each) {
    delay = each;
  }

  /** Submissions wait until the latch is opened. */
  CountDownLatch hold() {
    gate = new CountDownLatch(1);
    return gate;
  }

  synchronized VsmmuState state() {
    return state;
  }

  /** The stimuli of each submission that was tried, in order. */
  synchronized List<List<Stimulus>> submissions() {
    return List.copyOf(submissions);
  }

  synchronized List<String> subjects() {
    return List.copyOf(subjects);
  }

  synchronized List<Decided> decisions() {
    return List.copyOf(decisions);
  }

  synchronized void forgetSubmissions() {
    submissions.clear();
    subjects.clear();
  }

  @Override
  public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
    try {
      gate.await();
      // The time that a submission takes is what tests of slow logs are about.
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return write(stimuli, subject);
  }

  private synchronized Submission write(List<Stimulus> stimuli, String subject) {
    submissions.add(stimuli);
    subjects.add(subject);
    Fate fate = fates.isEmpty() ? Fate.WRITTEN : fates.poll();
    if (fate == Fate.BUSY) {
      throw new Busy();
    }
    if (unavailable || fate == Fate.LOST) {
      throw new IllegalStateException("log is unavailable");
    }
    Submission made = DecisionLoop.decideUntilHost(state, stimuli);
    state = made.last().after();
    decisions.addAll(made.decisions());
    return made;
  }

  @Override
  public boolean busy(RuntimeException failure) {
    return failure instanceof Busy;
  }

  private static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Events in order, to see that there is no hole. */
  synchronized List<VsmmuEvent> events() {
    return decisions.stream().flatMap(decided -> decided.events().stream()).toList();
  }
}
