package io.vsmmu.simulation;

/** The simulated process has ended: nothing that runs in it goes on. */
final class ProcessEndedError extends Error {

  private static final long serialVersionUID = 1;

  ProcessEndedError(String where) {
    super(where, null, false, false);
  }
}
