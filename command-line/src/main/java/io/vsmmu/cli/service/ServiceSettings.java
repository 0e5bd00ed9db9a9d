package io.vsmmu.cli.service;

import java.nio.file.Path;

/**
 * How to start a service.
 *
 * @param dataDir folder of the embedded database and the sockets
 * @param port TCP port; 0 takes a free one
 * @param listen address to listen on
 * @param host {@code simulated} or {@code iommufd}
 */
public record ServiceSettings(Path dataDir, int port, String listen, String host) {}
