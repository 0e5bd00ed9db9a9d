package io.vsmmu.smmu.event;

/** An event in the log of one vSMMU: it records a stimulus, or follows from the one before it. */
public sealed interface VsmmuEvent permits StimulusEvent, Consequence {}
