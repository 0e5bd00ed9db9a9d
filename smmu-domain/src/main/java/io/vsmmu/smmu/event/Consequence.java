package io.vsmmu.smmu.event;

/** An event that follows from the {@link StimulusEvent} before it. */
public sealed interface Consequence extends VsmmuEvent
    permits StreamConfigured,
        CommandQueueFailed,
        IdentityResolved,
        HostFailed,
        HardwareQueueClosed {}
