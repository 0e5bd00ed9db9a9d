package io.vsmmu.recordings.log;

/** The limits of the log file format. Writer and reader refuse anything beyond them. */
public final class LogFileLimits {

  /** Largest length of a record's payload: 16 MiB. */
  public static final int PAYLOAD_BYTES = 16 << 20;

  /** Largest length of a record's subject in UTF-8 bytes. */
  public static final int SUBJECT_BYTES = 1024;

  /** Largest length of the header's name, and of its exporter, in UTF-8 bytes. */
  public static final int NAME_BYTES = 1024;

  /** Largest length of a note's text in UTF-8 bytes. */
  public static final int NOTE_BYTES = 16 << 10;

  /** The greatest number of notes in a file. */
  public static final int NOTES = 10_000;

  /** The largest number of an event's type; a file with a larger one is refused. */
  public static final int MAX_TYPE = 32_767;

  private LogFileLimits() {}
}
