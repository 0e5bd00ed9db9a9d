package io.vsmmu.rest.access;

/** What a client has shown. It may lose its validity while the client's session or stream lasts. */
@FunctionalInterface
public interface Credential {

  /** One that never expires and cannot be revoked. */
  Credential LASTING = () -> true;

  /** Whether it would be accepted now. Asks no database; for all threads. */
  boolean isValid();
}
