package io.vsmmu.cli.service;

import java.nio.file.Path;

/**
 * How to start a service.
 *
 * @param dataDir where the embedded database and the sockets live
 * @param port TCP port; 0 takes a free one
 * @param listen address to listen on
 * @param host which host stands behind the vSMMUs
 */
public record ServiceSettings(Path dataDir, int port, String listen, String host) {}
