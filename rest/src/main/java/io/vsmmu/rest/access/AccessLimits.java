package io.vsmmu.rest.access;

import java.time.Duration;

/** Limits of credentials and of what is kept about them. */
final class AccessLimits {

  /** Characters of a subject; the end of a longer one is replaced by its hash. */
  static final int SUBJECT_CHARS = 128;

  /** Named tokens, those that expired or were revoked included; a further one is refused. */
  static final int TOKENS = 10_000;

  /** The lifetime of a token whose creator names none. */
  static final Duration TOKEN_LIFETIME = Duration.ofDays(90);

  /** The longest lifetime of a token. */
  static final Duration LONGEST_TOKEN_LIFETIME = Duration.ofDays(366);

  /** VMs in the scope of a token. */
  static final int VMS_OF_TOKEN = 256;

  /** Browser sessions of all subjects; the one that was not used for longest ends. */
  static final int SESSIONS = 1000;

  /** Browser sessions of one subject; a further one ends another of that subject. */
  static final int SESSIONS_OF_SUBJECT = 32;

  /** The time after which a session that was not used ends. */
  static final Duration SESSION_IDLE = Duration.ofHours(8);

  /** The longest life of a session. */
  static final Duration LONGEST_SESSION = Duration.ofDays(7);

  /** One-time codes that were not used yet; the oldest one is forgotten. */
  static final int CODES = 256;

  /** The lifetime of a one-time code. */
  static final Duration CODE_LIFETIME = Duration.ofMinutes(5);

  /** Refused requests that are listed in the audit within {@link #REFUSAL_WINDOW}. */
  static final int REFUSALS_LISTED = 60;

  /** After it, one entry says how many further requests were refused. */
  static final Duration REFUSAL_WINDOW = Duration.ofMinutes(1);

  /** Users of the Unix socket whose roles are kept; the least recent one is looked up again. */
  static final int PEERS = 1024;

  /** The time after which a change of a user's groups counts. */
  static final Duration PEER_LIFETIME = Duration.ofSeconds(10);

  private AccessLimits() {}
}
