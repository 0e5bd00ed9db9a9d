package io.vsmmu.recordings.qemu;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Skips what precedes the trace event on a line, and reads the time in it. QEMU prints an RFC 3339
 * timestamp ({@code -msg timestamp=on}) and {@code pid@seconds.microseconds:} (the log trace
 * backend with timestamps). A program that passed the output on may have added to it: blanks,
 * quoting such as {@code "> "}, a byte order mark, the {@code [ 12.345678]} of a console, and the
 * formats of syslog and {@code journalctl -o short, short-iso, short-precise, short-monotonic,
 * short-unix}: a time, a host name and {@code program[pid]:}.
 */
final class LinePrefix {

  /** Length of {@code 2026-01-01T00:00:00}. */
  private static final int DATE_TIME_CHARS = 19;

  private static final int NANO_DIGITS = 9;

  /** Largest number of prefixes that are skipped on one line. */
  private static final int MOST = 8;

  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private byte[] line = new byte[0];
  private int to;
  private int next;
  private @Nullable Instant time;

  /** Index of the first byte after the prefixes. */
  int next() {
    return next;
  }

  /**
   * The time in the prefixes; null if they have none. Of several the last one counts, because it
   * was printed nearest to the event.
   */
  @Nullable Instant time() {
    return time;
  }

  void read(byte[] bytes, int from, int end) {
    line = bytes;
    to = end;
    next = from;
    time = null;
    if (next + 3 <= to
        && line[next] == (byte) 0xef
        && line[next + 1] == (byte) 0xbb
        && line[next + 2] == (byte) 0xbf) {
      next += 3;
    }
    for (int i = 0; i < MOST && next < to && !eventBegins(); i++) {
      int before = next;
      readOne();
      if (next == before) {
        return;
      }
    }
  }

  private boolean eventBegins() {
    return line[next] == 's' || line[next] == 'i';
  }

  private void readOne() {
    byte first = line[next];
    switch (first) {
      case ' ', '\t', '>', '|', '#', '*' -> skipQuoting();
      case '[' -> readBracket();
      default -> {
        if (digit(first)) {
          readNumbers();
        } else {
          readMonth();
        }
      }
    }
  }

  private void skipQuoting() {
    while (next < to && " \t>|#*".indexOf(line[next]) >= 0) {
      next++;
    }
  }

  private void readNumbers() {
    int before = next;
    readTimestamp();
    if (next != before) {
      skipProgram();
      return;
    }
    readProcess();
    if (next == before) {
      readUnixTime();
    }
  }

  /** {@code [ 12.345678]}: seconds since the machine started. */
  private void readBracket() {
    int close = next + 1;
    while (close < to && (line[close] == ' ' || line[close] == '.' || digit(line[close]))) {
      close++;
    }
    if (close >= to || line[close] != ']') {
      return;
    }
    Instant read = seconds(next + 1, close);
    if (read != null) {
      time = read;
      next = close + 1;
      skipQuoting();
      skipProgram();
    }
  }

  /** {@code 1764448441.123456 host program[1]: }. */
  private void readUnixTime() {
    int end = next;
    while (end < to && (line[end] == '.' || digit(line[end]))) {
      end++;
    }
    Instant read = end < to && line[end] == ' ' ? seconds(next, end) : null;
    if (read == null) {
      return;
    }
    int before = next;
    next = end + 1;
    int behind = next;
    skipProgram();
    if (next == behind) {
      next = before;
    } else {
      time = read;
    }
  }

  private @Nullable Instant seconds(int from, int end) {
    String text = new String(line, from, end - from, StandardCharsets.US_ASCII).strip();
    int dot = text.indexOf('.');
    if (dot <= 0 || dot > 12 || text.length() - dot > NANO_DIGITS + 1 || text.contains(" ")) {
      return null;
    }
    String fraction = (text.substring(dot + 1) + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS);
    return fraction.contains(".")
        ? null
        : Instant.ofEpochSecond(Long.parseLong(text.substring(0, dot)), Long.parseLong(fraction));
  }

  /** {@code Nov 29 20:34:01 host program[1]: }, with or without a fraction; it has no year. */
  private void readMonth() {
    if (to - next < 16 || line[next + 3] != ' ' || line[next + 6] != ' ') {
      return;
    }
    String month = new String(line, next, 3, StandardCharsets.US_ASCII);
    int known = MONTHS.indexOf(month);
    boolean clock = line[next + 9] == ':' && line[next + 12] == ':';
    if (known < 0 || known % 3 != 0 || !clock) {
      return;
    }
    int end = next + 15;
    if (line[end] == '.') {
      end = digitsEnd(end + 1);
    }
    if (end >= to || line[end] != ' ') {
      return;
    }
    int before = next;
    next = end + 1;
    int behind = next;
    skipProgram();
    next = next == behind ? before : next;
  }

  /** {@code host program[pid]: }, as after the time of a log; nothing if that is not there. */
  private void skipProgram() {
    if (traced("smmu") || traced("iommufd_")) {
      return;
    }
    int word = wordEnd(next);
    int second = word + 1;
    int end = wordEnd(second);
    boolean program = word > next && end > second && end < to && line[end - 1] == ':';
    if (program) {
      next = end + 1;
    }
  }

  private boolean traced(String start) {
    for (int i = 0; i < start.length(); i++) {
      if (next + i >= to || line[next + i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int wordEnd(int from) {
    int i = from;
    while (i < to && line[i] != ' ') {
      i++;
    }
    return i;
  }

  private void readTimestamp() {
    int from = next;
    if (to - from <= DATE_TIME_CHARS
        || line[from + 4] != '-'
        || (line[from + 10] != 'T' && line[from + 10] != ' ')) {
      return;
    }
    int position = from + DATE_TIME_CHARS;
    int nanos = 0;
    if (line[position] == '.' || line[position] == ',') {
      int digits = 0;
      for (position++; position < to && digit(line[position]); position++, digits++) {
        nanos = digits < NANO_DIGITS ? nanos * 10 + line[position] - '0' : nanos;
      }
      for (; digits < NANO_DIGITS; digits++) {
        nanos *= 10;
      }
    }
    int zoneEnd = zoneEnd(position);
    if (zoneEnd < 0 || zoneEnd >= to || line[zoneEnd] != ' ') {
      return;
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(from, 4),
              number(from + 5, 2),
              number(from + 8, 2),
              number(from + 11, 2),
              number(from + 14, 2),
              Math.min(number(from + 17, 2), 59),
              nanos);
      time = local.toInstant(zone(position, zoneEnd));
      next = zoneEnd + 1;
    } catch (DateTimeException notATimestamp) {
      time = null;
    }
  }

  private int zoneEnd(int from) {
    if (from < to && line[from] == 'Z') {
      return from + 1;
    }
    boolean offset = from + 5 <= to && (line[from] == '+' || line[from] == '-');
    if (!offset) {
      return -1;
    }
    return line[from + 3] == ':' ? Math.min(from + 6, to) : from + 5;
  }

  private ZoneOffset zone(int from, int end) {
    if (line[from] == 'Z') {
      return ZoneOffset.UTC;
    }
    int sign = line[from] == '-' ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * number(from + 1, 2), sign * number(end - 2, 2));
  }

  private void readProcess() {
    int at = digitsEnd(next);
    if (at == next || at >= to || line[at] != '@') {
      return;
    }
    int dot = digitsEnd(at + 1);
    int colon = dot < to && line[dot] == '.' ? digitsEnd(dot + 1) : to;
    int secondDigits = dot - at - 1;
    int fractionDigits = colon - dot - 1;
    if (colon >= to || line[colon] != ':' || secondDigits > 12 || fractionDigits > 6) {
      return;
    }
    long seconds = 0;
    for (int i = at + 1; i < dot; i++) {
      seconds = seconds * 10 + line[i] - '0';
    }
    long micros = number(dot + 1, fractionDigits);
    time = Instant.ofEpochSecond(seconds, micros * 1000);
    next = colon + 1;
  }

  private int digitsEnd(int from) {
    int i = from;
    while (i < to && digit(line[i])) {
      i++;
    }
    return i;
  }

  /** The decimal number of {@code digits} digits; a field with anything else is out of range. */
  private int number(int from, int digits) {
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
