package io.vsmmu.recordings.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a byte stream into lines without copying them. A line longer than {@link
 * TraceLimits#LINE_BYTES} is cut to that length and reported as {@link #overlong}.
 */
final class LineSource {

  private static final int BUFFER_BYTES = 256 * 1024;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_LOWEST_BIT = 0x0101_0101_0101_0101L;
  private static final long EACH_HIGHEST_BIT = 0x8080_8080_8080_8080L;
  private static final long NEWLINES = '\n' * EACH_LOWEST_BIT;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private boolean ended;

  private int start;
  private int end;
  private boolean overlong;
  private boolean terminated = true;
  private long bytes;

  LineSource(InputStream in) {
    this.in = in;
  }

  /** Moves to the next line; false at the end of the stream. */
  boolean next() throws IOException {
    overlong = false;
    int scanned = position;
    while (true) {
      int newline = find(scanned);
      if (newline >= 0) {
        return line(newline, newline + 1, true);
      }
      if (limit - position > TraceLimits.LINE_BYTES) {
        return overlongLine();
      }
      scanned = limit;
      if (position > 0 && limit == BUFFER_BYTES) {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        scanned = limit - position;
        limit = scanned;
        position = 0;
      }
      if (!fill()) {
        return limit > position && line(limit, limit, false);
      }
    }
  }

  private boolean line(int lineEnd, int next, boolean withNewline) {
    start = position;
    end = Math.min(lineEnd, start + TraceLimits.LINE_BYTES);
    overlong = end < lineEnd;
    if (!overlong && end > start && buffer[end - 1] == '\r') {
      end--;
    }
    position = next;
    terminated = withNewline;
    return true;
  }

  /** Keeps the line's head at the start of the buffer and skips what follows up to the newline. */
  private boolean overlongLine() throws IOException {
    System.arraycopy(buffer, position, buffer, 0, TraceLimits.LINE_BYTES);
    position = limit;
    start = 0;
    end = TraceLimits.LINE_BYTES;
    overlong = true;
    terminated = false;
    while (true) {
      position = TraceLimits.LINE_BYTES;
      limit = TraceLimits.LINE_BYTES;
      if (!fill()) {
        return true;
      }
      int newline = find(position);
      if (newline >= 0) {
        position = newline + 1;
        terminated = true;
        return true;
      }
    }
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    int read = in.read(buffer, limit, BUFFER_BYTES - limit);
    if (read < 0) {
      ended = true;
      return false;
    }
    bytes += read;
    limit += read;
    return true;
  }

  /** The index of the next newline at or behind {@code from}; -1 if there is none. */
  private int find(int from) {
    int at = from;
    for (; at <= limit - Long.BYTES; at += Long.BYTES) {
      long different = (long) WORD.get(buffer, at) ^ NEWLINES;
      // The lowest set bit is in the first byte that is zero: Hacker's Delight, 6-1.
      long zeros = (different - EACH_LOWEST_BIT) & ~different & EACH_HIGHEST_BIT;
      if (zeros != 0) {
        return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
      }
    }
    for (; at < limit; at++) {
      if (buffer[at] == '\n') {
        return at;
      }
    }
    return -1;
  }

  byte[] buffer() {
    return buffer;
  }

  /** Index of the line's first byte. */
  int start() {
    return start;
  }

  /** Index after the line's last byte, line end excluded. */
  int end() {
    return end;
  }

  boolean overlong() {
    return overlong;
  }

  /** Whether the line ended with a newline; only the last line of the stream may lack it. */
  boolean terminated() {
    return terminated;
  }

  /** Bytes read from the stream so far. */
  long bytes() {
    return bytes;
  }

  /** A copy of the line's bytes, without line end. */
  byte[] copy() {
    return Arrays.copyOfRange(buffer, start, end);
  }

  /** The line as text; bytes that are not UTF-8 become replacement characters. */
  String text() {
    return new String(buffer, start, end - start, StandardCharsets.UTF_8);
  }
}
