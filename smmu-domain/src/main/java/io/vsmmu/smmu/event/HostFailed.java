package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * The host refused an operation of a configuration.
 *
 * @param closed whether the stream failed closed: its device is attached to the abort proxy
 */
public record HostFailed(HostOperation operation, boolean closed) implements Consequence {}
