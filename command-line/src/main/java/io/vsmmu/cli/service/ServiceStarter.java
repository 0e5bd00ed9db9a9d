package io.vsmmu.cli.service;

/** Starts the service in this process. */
@FunctionalInterface
public interface ServiceStarter {

  /**
   * Starts and returns when it answers.
   *
   * @throws RuntimeException when it cannot start
   */
  LocalService start(ServiceSettings settings);
}
