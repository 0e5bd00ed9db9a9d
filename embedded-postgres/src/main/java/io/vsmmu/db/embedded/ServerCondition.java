package io.vsmmu.db.embedded;

/**
 * Condition of the embedded server.
 *
 * @param kind whether it accepts connections
 * @param reason why not, for people; empty when it does
 */
public record ServerCondition(Kind kind, String reason) {

  /** Whether the server accepts connections, and if not, what happens next. */
  public enum Kind {
    /** The server accepts connections. */
    RUNNING,
    /** It ended or did not respond, and is being started again. */
    RESTARTING,
    /** It ended for lack of disk space; the start is repeated until there is enough. */
    NO_SPACE,
    /** It ended too often and is not started again; this process has to end. */
    GIVEN_UP
  }

  static final ServerCondition RUNNING = new ServerCondition(Kind.RUNNING, "");
}
