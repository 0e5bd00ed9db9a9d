package io.vsmmu.db.write;

/**
 * Counters of a writer since it was opened.
 *
 * @param appends number of appends acknowledged
 * @param events number of events acknowledged
 * @param journalBytes bytes of the journal that they take, headers of frames included
 * @param statements number of transactions that wrote events to the database
 * @param refused number of appends refused because their sequence did not follow the log
 * @param reconnects number of times a lost connection was re-established
 */
public record WriterCounters(
    long appends, long events, long journalBytes, long statements, long refused, long reconnects) {}
