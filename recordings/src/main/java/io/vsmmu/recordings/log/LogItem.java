package io.vsmmu.recordings.log;

/** One result of {@link LogFileReader#next}: a record, or the end of the file. */
public sealed interface LogItem permits LogRecord, LogEnd {}
