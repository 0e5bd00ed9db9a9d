package io.vsmmu.recordings.qemu;

import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one line in the order in which they are printed. A missing field makes {@link
 * #complete} false; the values are then meaningless.
 */
final class TraceFields {

  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private boolean complete;
  private long decimal;

  void reset(byte[] line, int from, int to) {
    bytes = line;
    position = from;
    end = to;
    complete = true;
  }

  /** Whether every field that was read so far was found and well-formed. */
  boolean complete() {
    return complete;
  }

  int position() {
    return position;
  }

  int end() {
    return end;
  }

  /** The number after the next {@code key}: decimal, or hexadecimal if 0x precedes it. */
  long number(byte[] key) {
    return skipPast(key) ? parse(10) : 0;
  }

  /** The hexadecimal number without prefix after the next {@code key}. */
  long hexadecimal(byte[] key) {
    return skipPast(key) ? parse(16) : 0;
  }

  /** The number after the next {@code key}, or {@code fallback} when there is no such key. */
  long numberOr(byte[] key, long fallback) {
    int before = position;
    boolean completeBefore = complete;
    if (!skipPast(key)) {
      position = before;
      complete = completeBefore;
      return fallback;
    }
    return parse(10);
  }

  /** Whether {@code key} is in the rest of the line. */
  boolean has(byte[] key) {
    for (int i = position; i <= end - key.length; i++) {
      if (bytes[i] == key[0] && matches(key, i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The digits of the number read last as a decimal number; -1 if one of them is no decimal digit.
   */
  long lastAsDecimal() {
    return decimal;
  }

  int int32(byte[] key) {
    return (int) number(key);
  }

  boolean bit(byte[] key) {
    return number(key) != 0;
  }

  /** The characters after the next {@code key} up to a space or the end. */
  String word(byte[] key) {
    if (!skipPast(key)) {
      return "";
    }
    int from = position;
    while (position < end && bytes[position] != ' ') {
      position++;
    }
    return new String(bytes, from, position - from, StandardCharsets.UTF_8);
  }

  /** The rest of the line without surrounding spaces. */
  String rest() {
    return new String(bytes, position, end - position, StandardCharsets.UTF_8).strip();
  }

  /** The number in parentheses at the end of the line; 0 if there is none. */
  int trailingResult() {
    int close = end - 1;
    while (close > position && bytes[close] == ' ') {
      close--;
    }
    int open = close;
    while (open > position && bytes[open] != '(') {
      open--;
    }
    if (close <= position || bytes[close] != ')' || bytes[open] != '(') {
      return 0;
    }
    int value = 0;
    boolean negative = bytes[open + 1] == '-';
    for (int i = open + (negative ? 2 : 1); i < close; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return 0;
      }
      value = value * 10 + bytes[i] - '0';
    }
    return negative ? -value : value;
  }

  boolean skipPast(byte[] key) {
    int last = end - key.length;
    for (int i = position; i <= last; i++) {
      if (bytes[i] == key[0] && matches(key, i)) {
        position = i + key.length;
        return true;
      }
    }
    complete = false;
    return false;
  }

  private boolean matches(byte[] key, int at) {
    for (int i = 1; i < key.length; i++) {
      if (bytes[at + i] != key[i]) {
        return false;
      }
    }
    return true;
  }

  private long parse(int defaultRadix) {
    int radix = defaultRadix;
    while (position < end && bytes[position] == ' ') {
      position++;
    }
    boolean negative = position < end && bytes[position] == '-';
    if (negative) {
      position++;
    }
    if (position + 1 < end && bytes[position] == '0' && bytes[position + 1] == 'x') {
      // No format of QEMU has a sign before 0x.
      complete &= !negative;
      radix = 16;
      position += 2;
    }
    // QEMU 5.2 and older print a negative number behind 0x.
    boolean negativeBehind = radix == 16 && position < end && bytes[position] == '-';
    if (negativeBehind) {
      negative = true;
      radix = 10;
      position++;
    }
    long value = 0;
    decimal = 0;
    int digits = position;
    for (int digit; (digit = digit(radix)) >= 0; position++) {
      value = value * radix + digit;
      decimal = digit < 10 && decimal >= 0 ? decimal * 10 + digit : -1;
    }
    if (position == digits || (position < end && !endsNumber(bytes[position]))) {
      complete = false;
    }
    decimal = negative ? -decimal : decimal;
    return negative ? -value : value;
  }

  /** The characters that QEMU's formats have after a number; any other shows a damaged line. */
  private static boolean endsNumber(byte c) {
    return c == ' ' || c == ',' || c == ':' || c == '(' || c == ')' || c == ']';
  }

  private int digit(int radix) {
    if (position >= end) {
      return -1;
    }
    int c = bytes[position];
    int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : radix;
    return value < radix ? value : -1;
  }
}
