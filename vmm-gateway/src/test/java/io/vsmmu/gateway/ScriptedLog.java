package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
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

  /** What becomes of a submission. */
  enum Fate {
    WRITTEN,
    /** Refused before anything was written. */
    LOST,
    /** Not taken, because there is too much to do. */
    BUSY,
    /** Written, though the caller hears of a failure. */
    UNCONFIRMED
  }

  private final Deque<Fate> fates = new ArrayDeque<>();
  private final List<List<Stimulus>> submissions = new ArrayList<>();
  private final List<String> subjects = new ArrayList<>();
  private final List<Decided> decisions = new ArrayList<>();
  private boolean away;
  private VsmmuState state = VsmmuState.ABSENT;
  private volatile Duration delay = Duration.ZERO;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** The next submissions end like this. */
  synchronized void next(Fate... next) {
    fates.addAll(List.of(next));
  }

  /** Whether nothing can be written or read. */
  synchronized void away(boolean isAway) {
    away = isAway;
  }

  /** Each submission takes so long from now on. */
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

  /** Stimuli of each submission that was tried, whatever became of it. */
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
    if (away || fate == Fate.LOST) {
      throw new IllegalStateException("log is away");
    }
    VsmmuState before = state;
    List<Decided> made = new ArrayList<>();
    for (Stimulus stimulus : stimuli) {
      switch (Vsmmu.decide(state, stimulus)) {
        case Decision.Refused refused -> {
          state = before;
          throw new StimulusRefusedException(refused);
        }
        case Decision.Accepted accepted -> {
          made.add(new Decided(state.events(), accepted.events(), accepted.after()));
          state = accepted.after();
          if (accepted.concernsHost()) {
            return answer(made, fate);
          }
        }
      }
    }
    return answer(made, fate);
  }

  private Submission answer(List<Decided> made, Fate fate) {
    decisions.addAll(made);
    if (fate == Fate.UNCONFIRMED) {
      throw new IllegalStateException("no answer in time");
    }
    return new Submission(made);
  }

  @Override
  public boolean busy(RuntimeException failure) {
    return failure instanceof Busy;
  }

  private static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public synchronized List<Decided> since(String vsmmu, VsmmuState known) {
    if (away) {
      throw new IllegalStateException("log is away");
    }
    return decisions.stream().filter(decided -> decided.sequence() >= known.events()).toList();
  }

  /** Events in order, to see that there is no hole. */
  synchronized List<VsmmuEvent> events() {
    return decisions.stream().flatMap(decided -> decided.events().stream()).toList();
  }
}
