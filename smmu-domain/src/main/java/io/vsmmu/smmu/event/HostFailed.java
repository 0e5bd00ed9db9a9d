package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * The host refused an operation of a configuration; the stream fails closed.
 *
 * @param closed whether the device could be attached to the abort proxy
 */
public record HostFailed(HostOperation operation, boolean closed) implements Consequence {}
