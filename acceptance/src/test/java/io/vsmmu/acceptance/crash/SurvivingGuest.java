package io.vsmmu.acceptance.crash;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.QueuePointer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest in the process of the test, so that what was acknowledged to it survives the service. It
 * boots, configures its stream, and invalidates until its connection ends.
 */
final class SurvivingGuest {

  private static final int INVALIDATIONS = 8;
  private static final int BATCHES_BETWEEN_CONFIGURATIONS = 4;
  private static final Duration POLL = Duration.ofNanos(200_000);
  private static final Duration PACE = Duration.ofMillis(1);

  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean booted;
  private volatile long requested;
  private volatile long acknowledged;

  SurvivingGuest(Path socket) {
    this.thread = Thread.ofPlatform().daemon().start(() -> run(socket));
  }

  long requested() {
    return requested;
  }

  long acknowledged() {
    return acknowledged;
  }

  private void run(Path socket) {
    try (ScriptedGuest guest = ScriptedGuest.connect(socket, MemoryManner.DESCRIPTOR)) {
      guest.boot();
      booted = true;
      for (int batch = 0; !stopped; batch++) {
        if (batch % BATCHES_BETWEEN_CONFIGURATIONS == 0) {
          boolean translate = batch % (2 * BATCHES_BETWEEN_CONFIGURATIONS) == 0;
          guest
              .streams()
              .write(
                  KilledParts.SID,
                  translate ? ScriptedGuest.translate(0x5000_0000) : ScriptedGuest.bypass());
          guest.command(new ConfigInvalidation.Ste(KilledParts.SID, false, true));
          isSynced(guest);
        }
        invalidate(guest, batch);
        Thread.sleep(PACE);
      }
    } catch (IOException | InterruptedException | RuntimeException | AssertionError gone) {
      // The process was killed: what it had not acknowledged was not counted.
      stopped = true;
    }
  }

  private void invalidate(ScriptedGuest guest, int batch) throws InterruptedException {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < INVALIDATIONS; i++) {
      entries.add(ScriptedGuest.invalidate((long) batch * INVALIDATIONS + i));
    }
    requested += INVALIDATIONS;
    guest.commands().put(entries);
    if (isSynced(guest)) {
      acknowledged += INVALIDATIONS;
    }
  }

  /** Puts a CMD_SYNC and waits until it is complete, or this guest is to end. */
  private boolean isSynced(ScriptedGuest guest) throws InterruptedException {
    QueuePointer sync = guest.commands().startSync();
    while (!stopped && !guest.commands().synced(sync)) {
      Thread.sleep(POLL);
    }
    return guest.commands().synced(sync);
  }

  /** Waits until invalidations were acknowledged. */
  void awaitAcknowledged(long enough) {
    Await.until("%d invalidations".formatted(enough), () -> acknowledged >= enough || stopped);
  }

  /**
   * Ends it; what is acknowledged from now on does not count. One whose process was killed while it
   * booted has asked for nothing that counts, and may poll for some seconds more.
   */
  void end() throws InterruptedException {
    stopped = true;
    if (booted) {
      thread.join();
    }
  }
}
