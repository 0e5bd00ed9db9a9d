package io.vsmmu.control.log;

import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.common.IdentifierFactory;

/**
 * Gives Axon's messages their identifiers, as numbers that are unique in this process. No
 * identifier is stored or sent, and Axon's own random UUIDs take one lock for all threads: a
 * twentieth of a doorbell. Axon finds it as a service (META-INF/services). Thread-safe.
 */
public final class MessageIdentifiers extends IdentifierFactory {

  private final AtomicLong last = new AtomicLong();

  /** Made by {@link java.util.ServiceLoader}. */
  public MessageIdentifiers() {}

  @Override
  public String generateIdentifier() {
    return Long.toString(last.incrementAndGet());
  }
}
