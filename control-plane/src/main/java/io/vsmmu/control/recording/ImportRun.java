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
 * One import from its first byte to its end. The importing thread reads the recording and notices
 * at its next {@link #step} that it has to stop; another thread may decide and calls {@link
 * #stored}. Any thread may read the progress and may ask the import to stop.
 */
final class ImportRun {

  /** How often the connection of the client is checked. */
  static final Duration CLIENT_CHECK = Duration.ofMillis(250);

  /** Lines after which the progress shows how many were read. */
  private static final int LINES_SHOWN = 64;

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

  /** The last line that was read; published from time to time. */
  private long reached;

  private long clientChecked = System.nanoTime();
  private boolean committed;

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
   * Asks the import to stop and waits for its end.
   *
   * @param why the reason, which becomes the message of its progress
   * @param longest how long to wait at most
   */
  void stop(String why, Duration longest) throws InterruptedException {
    stop.compareAndSet(null, why);
    boolean ignored = over.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  // --- for the importing thread ------------------------------------------------------------------

  /** Begins the next phase, which reads this number of bytes. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void enter(Phase next, long fileBytes) {
    phase = next;
    bytes = 0;
    lines = 0;
    reached = 0;
    ofBytes = fileBytes;
    step();
  }

  /** Counts bytes of the file that were read. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void addBytes(int count) {
    bytes += count;
    step();
  }

  /**
   * Sets the number of lines or records that were read. The progress shows it at every {@link
   * #LINES_SHOWN} lines and at the end.
   */
  void reached(long line) {
    reached = line;
    if (line % LINES_SHOWN == 0) {
      lines = line;
      step();
    }
  }

  /** Counts commands and events that were handed to the log; called by the deciding thread. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void stored(long moreCommands, long moreEvents) {
    commands += moreCommands;
    events += moreEvents;
  }

  /** Sets the names of the vSMMUs that are registered by now. */
  void registered(List<String> names) {
    vsmmus = List.copyOf(names);
  }

  /**
   * Returns unless the import has to stop.
   *
   * @throws ImportStoppedException if it was asked to stop, or its client closed the connection
   */
  void step() {
    if (committed) {
      return;
    }
    String why = stop.get();
    if (why != null) {
      throw new ImportStoppedException(why);
    }
    long now = System.nanoTime();
    if (phase != Phase.RECEIVING && now - clientChecked > CLIENT_CHECK.toNanos()) {
      clientChecked = now;
      if (request.clientGone().getAsBoolean()) {
        throw new ImportStoppedException(
            "the client closed its connection; nothing of the import is kept");
      }
    }
  }

  /** From here on the import cannot be stopped. */
  void commit() {
    step();
    committed = true;
  }

  void end(Status how, String why) {
    lines = reached;
    message = why;
    ended = clock.instant();
    status = how;
    over.countDown();
  }
}
