package io.vsmmu.control.recording;

import io.vsmmu.db.log.VsmmuRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;

/**
 * Removes the vSMMUs of an import that failed. Until then no request sees them, but their names are
 * taken. If the database is unavailable or full, the removal is tried again; what this process does
 * not remove is removed at the next start.
 */
public final class ImportRollback {

  static final Duration PAUSE = Duration.ofSeconds(1);

  /** The number of attempts, an hour in all. */
  static final int ATTEMPTS = 3600;

  private static final Logger LOGGER = System.getLogger(ImportRollback.class.getName());

  private final VsmmuRegistry registry;
  private final List<Integer> vsmmus;

  private ImportRollback(VsmmuRegistry registry, List<Integer> vsmmus) {
    this.registry = registry;
    this.vsmmus = vsmmus;
  }

  /** Removes the vSMMUs now, or on another thread as soon as the database allows it. */
  public static void of(VsmmuRegistry registry, List<Integer> vsmmus) {
    ImportRollback withdrawal = new ImportRollback(registry, List.copyOf(vsmmus));
    if (!vsmmus.isEmpty() && !withdrawal.attempt()) {
      LOGGER.log(
          Level.WARNING,
          "{0} vSMMUs of an import that ended early keep their names until the database allows to"
              + " clear them",
          vsmmus.size());
      Thread.ofVirtual().name("import-withdrawal").start(withdrawal::again);
    }
  }

  private boolean attempt() {
    try {
      registry.discardImports(vsmmus);
      return true;
    } catch (RuntimeException unavailable) {
      return false;
    }
  }

  private void again() {
    try {
      for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
        Thread.sleep(PAUSE);
        if (attempt()) {
          LOGGER.log(Level.INFO, "The vSMMUs of an import that ended early are cleared");
          return;
        }
      }
    } catch (InterruptedException ends) {
      Thread.currentThread().interrupt();
    }
  }
}
