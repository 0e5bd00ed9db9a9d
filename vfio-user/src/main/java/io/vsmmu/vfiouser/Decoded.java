package io.vsmmu.vfiouser;

/** What the bytes of a request are: a request, or why not. */
sealed interface Decoded permits Request, Decoded.Refusal {

  /**
   * The request is answered with an error.
   *
   * @param errno as in {@link io.vsmmu.posix.Errno}
   */
  record Refusal(int errno) implements Decoded {}
}
