package io.vsmmu.db.write;

/**
 * What the writer has done since it was opened.
 *
 * @param appends appends acknowledged
 * @param events events written
 * @param statements statements that wrote them, each one transaction
 * @param refused appends refused because of a conflict
 * @param reconnects connections re-established
 */
public record WriterCounters(
    long appends, long events, long statements, long refused, long reconnects) {}
