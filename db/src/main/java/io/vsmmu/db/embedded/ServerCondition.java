package io.vsmmu.db.embedded;

/**
 * How the embedded server is.
 *
 * @param kind whether it can be asked
 * @param reason why not, for people; empty when it can
 */
public record ServerCondition(Kind kind, String reason) {

  /** Whether the server can be asked. */
  public enum Kind {
    /** It takes connections. */
    RUNNING,
    /** It ended or did not answer, and is being started again. */
    RESTARTING,
    /** It ended for lack of room, and is started again when there is some. */
    NO_SPACE,
    /** It ended too often and stays away; the process has to end. */
    GIVEN_UP
  }

  static final ServerCondition RUNNING = new ServerCondition(Kind.RUNNING, "");
}
