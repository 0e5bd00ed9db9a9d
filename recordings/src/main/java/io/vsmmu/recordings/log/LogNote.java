package io.vsmmu.recordings.log;

/**
 * A note that a person left at an event of the log. It is no part of the hash chain; the digest of
 * the file covers it. Notes follow the records of a file.
 *
 * @param sequence of the event that it is about
 * @param offsetMicros time at which it was written after the header's origin, in microseconds
 * @param author who wrote it; at most {@link LogFileLimits#SUBJECT_BYTES} bytes in UTF-8
 * @param bookmark name of the moment, empty for none; at most {@link LogFileLimits#NAME_BYTES}
 * @param text at most {@link LogFileLimits#NOTE_BYTES} bytes in UTF-8
 */
public record LogNote(long sequence, long offsetMicros, String author, String bookmark, String text)
    implements LogItem {

  /**
   * @throws IllegalArgumentException if the sequence is out of its range
   */
  public LogNote {
    if (sequence < 0 || sequence == Long.MAX_VALUE) {
      throw new IllegalArgumentException("sequence " + sequence + " is out of range");
    }
  }
}
