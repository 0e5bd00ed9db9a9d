package io.vsmmu.rest.intake;

/** Who asks. Until there is authentication, whoever reaches the loopback address. */
public final class Subject {

  /** A caller on this machine. */
  public static final String LOCAL = "local";

  private Subject() {}

  /** The subject of the current request. */
  public static String current() {
    return LOCAL;
  }
}
