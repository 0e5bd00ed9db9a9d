package io.vsmmu.cli.service;

/** Starts the service in this process. */
@FunctionalInterface
public interface ServiceStarter {

  /**
   * Starts the service and returns when it answers requests.
   *
   * @throws RuntimeException when it cannot start; the innermost cause has the reason
   */
  LocalService start(ServiceSettings settings);
}
