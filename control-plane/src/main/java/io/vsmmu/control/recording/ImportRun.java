package io.vsmmu.control.recording;

import io.vsmmu.control.recording.ImportProgress.Phase;
import io.vsmmu.control.recording.ImportProgress.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One import from its first byte to its end. One thread carries it on; any thread may look how far
 * it is, and stop it: then the importing thread finds out at its next step.
 */
final class ImportRun {

  /** How often it is looked whether the client is still there. */
  static final Duration LOOK = Duration.ofMillis(250);

  private final ImportRequest request;
  private final Clock clock;
  private final Instant started;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> stop = new AtomicReference<>();

  private volatile Phase phase = Phase.RECEIVING;
  private volatile Status status = Status.RUNNING;
  private volatile String message = "";
  private volatile @Nullable Instant ended;
  private volatile List<String> vsmmus = List.of();
  private volatile long bytes;
  private volatile long ofBytes;
  private volatile long lines;
  private volatile long commands;
  private volatile long events;
  private long looked = System.nanoTime();
  private boolean certain;

  ImportRun(ImportRequest request, Clock clock) {
    this.request = request;
    this.clock = clock;
    this.started = clock.instant();
    this.ofBytes = request.bytes();
  }

  ImportRequest request() {
    return request;
  }

  ImportProgress progress() {
    return new ImportProgress(
        request.id(),
        request.format(),
        request.file(),
        started,
        status,
        phase,
        bytes,
        ofBytes,
        lines,
        commands,
        events,
        vsmmus,
        ended,
        message);
  }

  /**
   * Asks it to stop and waits for its end.
   *
   * @param why for people
   * @param longest wait
   */
  void stop(String why, Duration longest) throws InterruptedException {
    stop.compareAndSet(null, why);
    boolean ignored = over.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  // --- for the importing thread ------------------------------------------------------------------

  /** The next phase begins. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void enter(Phase next, long fileBytes) {
    phase = next;
    bytes = 0;
    lines = 0;
    ofBytes = fileBytes;
    step();
  }

  /** Bytes of the file were read. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void took(int count) {
    bytes += count;
    step();
  }

  /** The trace was read up to this line. */
  void reached(long line) {
    lines = line;
    step();
  }

  /** Commands and events went to the log. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void stored(long moreCommands, long moreEvents) {
    commands += moreCommands;
    events += moreEvents;
  }

  /** These vSMMUs are being made. */
  void making(List<String> names) {
    vsmmus = List.copyOf(names);
  }

  /**
   * Goes on unless it is to stop.
   *
   * @throws ImportStoppedException if it is
   */
  void step() {
    if (certain) {
      return;
    }
    String why = stop.get();
    if (why != null) {
      throw new ImportStoppedException(why, false);
    }
    long now = System.nanoTime();
    if (phase != Phase.RECEIVING && now - looked > LOOK.toNanos()) {
      looked = now;
      if (request.clientGone().getAsBoolean()) {
        throw new ImportStoppedException(
            "the client closed its connection; nothing of the import is kept", true);
      }
    }
  }

  /** From here on it is not stopped any more. */
  void becomesCertain() {
    step();
    certain = true;
  }

  void end(Status how, String why) {
    message = why;
    ended = clock.instant();
    status = how;
    over.countDown();
  }
}
