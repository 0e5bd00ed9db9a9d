package io.vsmmu.recordings.log;

import java.util.Locale;

/** Why a file cannot be read, or not further. */
public sealed interface LogFileFailure {

  /** One sentence for an operator. */
  String message();

  /** The file does not start as a log file does. */
  record NotThisFormat() implements LogFileFailure {
    @Override
    public String message() {
      return "this is not a vSMMU log file: it does not start with VSMMULOG";
    }
  }

  /** The file was written by a newer program. */
  record NewerVersion(int found, int supported) implements LogFileFailure {
    @Override
    public String message() {
      return "the file has format version %d, this program reads up to %d: import it with the"
              .formatted(found, supported)
          + " program that wrote it, or a newer one";
    }
  }

  /** The file ends too early. */
  record Truncated(long afterRecords) implements LogFileFailure {
    @Override
    public String message() {
      return "the file is cut off after record " + afterRecords;
    }
  }

  /** Bytes have changed since the file was written. */
  record ChecksumMismatch(Part part, long afterRecords) implements LogFileFailure {

    /** What was checked. */
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

  /** A record does not have the sequence that follows the one before it. */
  record OutOfOrder(long expected, long found) implements LogFileFailure {
    @Override
    public String message() {
      return "record %d stands where record %d should".formatted(found, expected);
    }
  }

  /** A length is beyond what the format allows. */
  record Oversized(long afterRecords, long bytes, long limit) implements LogFileFailure {
    @Override
    public String message() {
      return "after record %d something is %d bytes long, allowed are %d"
          .formatted(afterRecords, bytes, limit);
    }
  }

  /** Bytes that the format has no meaning for. */
  record Malformed(long afterRecords, String what) implements LogFileFailure {
    @Override
    public String message() {
      return "after record %d: %s".formatted(afterRecords, what);
    }
  }
}
