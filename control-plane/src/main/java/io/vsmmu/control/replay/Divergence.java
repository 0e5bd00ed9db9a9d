package io.vsmmu.control.replay;

/**
 * A difference between a replay and the log.
 *
 * @param sequence of the recorded event
 * @param recorded the log's content as text
 * @param produced the content that the replay produced
 */
public record Divergence(long sequence, String recorded, String produced) {}
