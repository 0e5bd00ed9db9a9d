package io.vsmmu.recordings.log;

import java.util.Locale;

/** The reason why a log file cannot be read, or not beyond the records already given. */
public sealed interface LogFileFailure {

  /** A sentence for the operator, without a period. */
  String message();

  /** The file does not start with the magic bytes of a log file. */
  record NotThisFormat() implements LogFileFailure {
    @Override
    public String message() {
      return "this is not a vSMMU log file: it does not start with VSMMULOG";
    }
  }

  /** The file has a newer version of the format. */
  record NewerVersion(int found, int supported) implements LogFileFailure {
    @Override
    public String message() {
      return "the file has format version %d, this program reads up to %d: import it with the"
              .formatted(found, supported)
          + " program that wrote it, or a newer one";
    }
  }

  /** The file ends before its trailer and digest. */
  record Truncated(long afterRecords) implements LogFileFailure {
    @Override
    public String message() {
      return "the file is cut off after record " + afterRecords;
    }
  }

  /** Bytes have changed since the file was written. */
  record ChecksumMismatch(Part part, long afterRecords) implements LogFileFailure {

    /** The part of the file that the checksum covers. */
    public enum Part {
      HEADER,
      BLOCK,
      BODY
    }

    @Override
    public String message() {
      return "the checksum of the %s after record %d is wrong: the file is damaged"
          .formatted(part.name().toLowerCase(Locale.ROOT), afterRecords);
    }
  }

  /** A record's sequence is not that of the record before it plus one. */
  record OutOfOrder(long expected, long found) implements LogFileFailure {
    @Override
    public String message() {
      return "the file has record %d where record %d is expected".formatted(found, expected);
    }
  }

  /** A length is beyond the limit that the format sets. */
  record Oversized(long afterRecords, long bytes, long limit) implements LogFileFailure {
    @Override
    public String message() {
      return "a field after record %d is %d bytes long, allowed are %d"
          .formatted(afterRecords, bytes, limit);
    }
  }

  /** The file contains bytes that the format does not allow. */
  record Malformed(long afterRecords, String what) implements LogFileFailure {
    @Override
    public String message() {
      return "after record %d: %s".formatted(afterRecords, what);
    }
  }
}
