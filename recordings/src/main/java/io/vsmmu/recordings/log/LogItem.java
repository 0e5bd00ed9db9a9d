package io.vsmmu.recordings.log;

/** One result of {@link LogFileReader#next}: a record, a note, or the end of the file. */
public sealed interface LogItem permits LogRecord, LogNote, LogEnd {}
