package io.vsmmu.rest.access;

import java.util.Locale;

/** What a client may do; each role includes those before it. */
public enum Role {
  /** Asks about the present and the past, and changes nothing. */
  VIEWER,
  /** Changes vSMMUs and their devices, imports and replays. */
  OPERATOR,
  /** Changes VMs, what other processes share with the service, and who may do what. */
  ADMIN;

  /** Whether this role includes another one. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** The name in requests, answers and settings. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
