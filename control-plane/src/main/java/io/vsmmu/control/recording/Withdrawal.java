package io.vsmmu.control.recording;

import io.vsmmu.db.log.VsmmuRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;

/**
 * Takes back the vSMMUs of an import that did not come to its end. Until then nobody sees them, but
 * their names are taken; a database that is away or full is asked again. What cannot be taken back
 * by this process is at the next start.
 */
final class Withdrawal {

  /** How long to wait before the database is asked again. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** How often it is asked. */
  static final int ATTEMPTS = 3600;

  private static final Logger LOGGER = System.getLogger(Withdrawal.class.getName());

  private final VsmmuRegistry registry;
  private final List<Integer> vsmmus;

  private Withdrawal(VsmmuRegistry registry, List<Integer> vsmmus) {
    this.registry = registry;
    this.vsmmus = vsmmus;
  }

  /** Takes them back now, or as soon as the database allows it. */
  static void of(VsmmuRegistry registry, List<Integer> vsmmus) {
    Withdrawal withdrawal = new Withdrawal(registry, List.copyOf(vsmmus));
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
    } catch (RuntimeException away) {
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
