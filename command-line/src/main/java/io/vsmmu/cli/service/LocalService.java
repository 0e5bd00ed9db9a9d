package io.vsmmu.cli.service;

import java.net.URI;

/** A service that runs in this process. */
public interface LocalService extends AutoCloseable {

  /** The URL of the service, without a path. */
  URI url();

  /** The token with which its own user may do everything. */
  String token();

  /** A code that begins one session of its own user in a browser, within 5 minutes. */
  String sessionCode();

  /**
   * Blocks until a signal ends the process.
   *
   * @throws io.vsmmu.cli.output.Failure {@code LOG_LOST} when the event log is lost
   */
  void awaitEnd() throws InterruptedException;

  @Override
  void close();
}
