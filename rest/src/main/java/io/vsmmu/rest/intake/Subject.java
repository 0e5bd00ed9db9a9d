package io.vsmmu.rest.intake;

import io.vsmmu.rest.access.Caller;

/** The client of a request, as the log and the audit name it. */
public final class Subject {

  private Subject() {}

  /** The subject of the current request. */
  public static String current() {
    return Caller.current().subject();
  }
}
