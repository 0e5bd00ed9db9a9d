package io.vsmmu.vfiouser;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Silences the log of tests that provoke thousands of refusals. */
final class QuietLog {

  private static final Logger LOGGER = Logger.getLogger(VfioUserConnection.class.getName());

  private QuietLog() {}

  static void please() {
    LOGGER.setLevel(Level.OFF);
  }
}
