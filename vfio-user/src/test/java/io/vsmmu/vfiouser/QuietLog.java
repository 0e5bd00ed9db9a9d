package io.vsmmu.vfiouser;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Tests that provoke refusals by the thousand need not tell of them. */
final class QuietLog {

  private static final Logger LOGGER = Logger.getLogger(VfioUserConnection.class.getName());

  private QuietLog() {}

  static void please() {
    LOGGER.setLevel(Level.OFF);
  }
}
