package io.vsmmu.rest.intake;

/** The outcome of claiming an Idempotency-Key for a request. */
sealed interface KeyClaim {

  /** The key is new: the request must be carried out. */
  record Fresh() implements KeyClaim {}

  /** A request with this key is under way. */
  record UnderWay() implements KeyClaim {}

  /** A request with this key was under way when the service ended. */
  record Interrupted() implements KeyClaim {}

  /**
   * A request with this key has been answered.
   *
   * @param request its method and path with query
   * @param bodyHash SHA-256 of its body
   */
  record Answered(String request, byte[] bodyHash, StoredAnswer answer) implements KeyClaim {}
}
