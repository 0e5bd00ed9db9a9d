package io.vsmmu.smmu.event;

/** An event of one vSMMU. */
public sealed interface VsmmuEvent permits StimulusEvent, Consequence {}
