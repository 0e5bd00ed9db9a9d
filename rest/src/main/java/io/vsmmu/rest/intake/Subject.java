package io.vsmmu.rest.intake;

/**
 * The client of a request. Without authentication, each client that reaches the loopback address is
 * the same one.
 */
public final class Subject {

  public static final String LOCAL = "local";

  private Subject() {}

  /** The subject of the current request. */
  public static String current() {
    return LOCAL;
  }
}
