package io.vsmmu.recordings.log;

import java.util.Arrays;

/**
 * The end of a log file. A reader gives it only after it has verified every checksum of the file.
 *
 * @param count the number of records in the file
 * @param lastHash hash of the last record, 32 zero bytes if there is none; not copied
 */
public record LogEnd(long count, byte[] lastHash) implements LogItem {

  @Override
  public boolean equals(Object other) {
    return other instanceof LogEnd that
        && count == that.count
        && Arrays.equals(lastHash, that.lastHash);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(count) * 31 + Arrays.hashCode(lastHash);
  }
}
