package io.vsmmu.smmu.stimulus;

/**
 * The state of a vSMMU at one position of its log, where a stimulus carries it. The model's {@code
 * VsmmuState} is the only one.
 */
public interface FoldedState {}
