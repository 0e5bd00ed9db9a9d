package io.vsmmu.control.replay;

/**
 * Where a replay differs from the log.
 *
 * @param sequence of the recorded event that is not what came out now
 * @param recorded what the log holds, for people
 * @param produced what came out now
 */
public record Divergence(long sequence, String recorded, String produced) {}
