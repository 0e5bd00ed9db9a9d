package io.vsmmu.cli.service;

import java.nio.file.Path;

/**
 * How to start a service.
 *
 * @param dataDir folder of the embedded database and the sockets
 * @param journalDir folder of the journal
 * @param acceptJournalLoss whether to start although the journal lacks acknowledged events
 * @param port TCP port; 0 takes a free one
 * @param listen address to listen on
 * @param host {@code simulated} or {@code iommufd}
 */
public record ServiceSettings(
    Path dataDir,
    Path journalDir,
    boolean acceptJournalLoss,
    int port,
    String listen,
    String host) {

  /** A service whose journal is in its data folder. */
  public ServiceSettings(Path dataDir, int port, String listen, String host) {
    this(dataDir, dataDir.resolve("journal"), false, port, listen, host);
  }
}
