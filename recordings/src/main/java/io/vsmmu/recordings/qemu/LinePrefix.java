package io.vsmmu.recordings.qemu;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What QEMU may print before a trace event: an RFC 3339 timestamp ({@code -msg timestamp=on}), and
 * {@code pid@seconds.microseconds:} (the log trace backend with timestamps).
 */
final class LinePrefix {

  /** {@code 2026-01-01T00:00:00}. */
  private static final int DATE_TIME_CHARS = 19;

  private static final int NANO_DIGITS = 9;

  private int next;
  private @Nullable Instant time;

  /** Index of the first byte after the prefixes. */
  int next() {
    return next;
  }

  /** The time that the prefixes tell; the process prefix wins, as it is finer. */
  @Nullable Instant time() {
    return time;
  }

  void read(byte[] line, int from, int to) {
    next = from;
    time = null;
    if (from < to && digit(line[from])) {
      readTimestamp(line, from, to);
      readProcess(line, next, to);
    }
  }

  private void readTimestamp(byte[] line, int from, int to) {
    if (to - from <= DATE_TIME_CHARS || line[from + 4] != '-' || line[from + 10] != 'T') {
      return;
    }
    int position = from + DATE_TIME_CHARS;
    int nanos = 0;
    if (line[position] == '.') {
      int digits = 0;
      for (position++; position < to && digit(line[position]); position++, digits++) {
        nanos = digits < NANO_DIGITS ? nanos * 10 + line[position] - '0' : nanos;
      }
      for (; digits < NANO_DIGITS; digits++) {
        nanos *= 10;
      }
    }
    int zoneEnd = zoneEnd(line, position, to);
    if (zoneEnd < 0 || zoneEnd >= to || line[zoneEnd] != ' ') {
      return;
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(line, from, 4),
              number(line, from + 5, 2),
              number(line, from + 8, 2),
              number(line, from + 11, 2),
              number(line, from + 14, 2),
              Math.min(number(line, from + 17, 2), 59),
              nanos);
      time = local.toInstant(zone(line, position));
      next = zoneEnd + 1;
    } catch (DateTimeException notATimestamp) {
      time = null;
    }
  }

  private static int zoneEnd(byte[] line, int from, int to) {
    if (from < to && line[from] == 'Z') {
      return from + 1;
    }
    boolean offset = from + 6 <= to && (line[from] == '+' || line[from] == '-');
    return offset && line[from + 3] == ':' ? from + 6 : -1;
  }

  private static ZoneOffset zone(byte[] line, int from) {
    if (line[from] == 'Z') {
      return ZoneOffset.UTC;
    }
    int sign = line[from] == '-' ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(
        sign * number(line, from + 1, 2), sign * number(line, from + 4, 2));
  }

  private void readProcess(byte[] line, int from, int to) {
    int at = digitsEnd(line, from, to);
    if (at == from || at >= to || line[at] != '@') {
      return;
    }
    int dot = digitsEnd(line, at + 1, to);
    int colon = dot < to && line[dot] == '.' ? digitsEnd(line, dot + 1, to) : to;
    int secondDigits = dot - at - 1;
    int fractionDigits = colon - dot - 1;
    if (colon >= to || line[colon] != ':' || secondDigits > 12 || fractionDigits > 6) {
      return;
    }
    long seconds = 0;
    for (int i = at + 1; i < dot; i++) {
      seconds = seconds * 10 + line[i] - '0';
    }
    long micros = number(line, dot + 1, fractionDigits);
    time = Instant.ofEpochSecond(seconds, micros * 1000);
    next = colon + 1;
  }

  private static int digitsEnd(byte[] line, int from, int to) {
    int i = from;
    while (i < to && digit(line[i])) {
      i++;
    }
    return i;
  }

  /** The decimal number of {@code digits} digits; a field with anything else is out of range. */
  private static int number(byte[] line, int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      if (!digit(line[i])) {
        throw new DateTimeException("not a digit");
      }
      value = value * 10 + line[i] - '0';
    }
    return value;
  }

  private static boolean digit(byte c) {
    return c >= '0' && c <= '9';
  }
}
