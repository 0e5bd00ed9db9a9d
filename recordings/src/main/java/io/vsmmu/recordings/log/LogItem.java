package io.vsmmu.recordings.log;

/** What a reader gives: records, and one end. */
public sealed interface LogItem permits LogRecord, LogEnd {}
