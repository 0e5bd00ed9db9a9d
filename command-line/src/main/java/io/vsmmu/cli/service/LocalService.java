package io.vsmmu.cli.service;

import java.net.URI;

/** A service within this process. */
public interface LocalService extends AutoCloseable {

  /** Where it answers. */
  URI url();

  /**
   * Blocks until the process is told to end.
   *
   * @throws io.vsmmu.cli.outcome.Failure {@code LOG_LOST} when the service cannot go on
   */
  void awaitEnd() throws InterruptedException;

  @Override
  void close();
}
