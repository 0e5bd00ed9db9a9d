package io.vsmmu.recordings.qemu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one line in the order in which they are printed. A missing field makes {@link
 * #complete} false; the values are then meaningless.
 */
final class TraceFields {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Eight times the character 0, and masks of eight bytes. */
  private static final long ZEROS = 0x3030_3030_3030_3030L;

  private static final long SIXES = 0x0606_0606_0606_0606L;
  private static final long UPPER_HALVES = 0xf0f0_f0f0_f0f0_f0f0L;
  private static final long LOWER_HALVES = 0x0f0f_0f0f_0f0f_0f0fL;

  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private boolean complete;

  /** Index of the first digit of the number read last. */
  private int firstDigit;

  private boolean negativeNumber;

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
  long number(FieldKey key) {
    return skipPast(key) ? parse(10) : 0;
  }

  /** The hexadecimal number without prefix after the next {@code key}. */
  long hexadecimal(FieldKey key) {
    return skipPast(key) ? parse(16) : 0;
  }

  /** The number after the next {@code key}, or {@code fallback} when there is no such key. */
  long numberOr(FieldKey key, long fallback) {
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
  boolean has(FieldKey key) {
    return key.in(bytes, position, end) >= 0;
  }

  /**
   * The digits of the number read last as a decimal number; -1 if one of them is no decimal digit.
   */
  long lastAsDecimal() {
    long value = 0;
    for (int i = firstDigit; i < position; i++) {
      int digit = bytes[i] - '0';
      if (digit > 9) {
        return negativeNumber ? 1 : -1;
      }
      value = value * 10 + digit;
    }
    return negativeNumber ? -value : value;
  }

  int int32(FieldKey key) {
    return (int) number(key);
  }

  boolean bit(FieldKey key) {
    return number(key) != 0;
  }

  /** The characters after the next {@code key} up to a space or the end. */
  String word(FieldKey key) {
    if (!skipPast(key)) {
      return "";
    }
    int from = position;
    skipWord();
    return new String(bytes, from, position - from, StandardCharsets.UTF_8);
  }

  /** What a table has for the {@link #word} after the next {@code key}; null if nothing. */
  <T> @Nullable T named(FieldKey key, NameTable<T> table) {
    if (!skipPast(key)) {
      return null;
    }
    int from = position;
    skipWord();
    return table.find(bytes, from, position);
  }

  private void skipWord() {
    int at = position;
    while (at < end && bytes[at] != ' ') {
      at++;
    }
    position = at;
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

  boolean skipPast(FieldKey key) {
    int at = key.in(bytes, position, end);
    if (at < 0) {
      complete = false;
      return false;
    }
    position = at + key.length();
    return true;
  }

  private long parse(int defaultRadix) {
    byte[] line = bytes;
    int at = position;
    int radix = defaultRadix;
    while (at < end && line[at] == ' ') {
      at++;
    }
    boolean negative = at < end && line[at] == '-';
    if (negative) {
      at++;
    }
    if (at + 1 < end && line[at] == '0' && line[at + 1] == 'x') {
      // No format of QEMU has a sign before 0x.
      complete &= !negative;
      radix = 16;
      at += 2;
    }
    // QEMU 5.2 and older print a negative number behind 0x.
    if (radix == 16 && at < end && line[at] == '-') {
      negative = true;
      radix = 10;
      at++;
    }
    firstDigit = at;
    negativeNumber = negative;
    long value = radix == 16 ? hexadecimal(line, at) : decimal(line, at);
    complete &= position > at && (position == end || endsNumber(line[position]));
    return negative ? -value : value;
  }

  /** Moves the position behind the digits that begin at {@code from}. */
  private long hexadecimal(byte[] line, int from) {
    int to = end;
    int at = from;
    long value = 0;
    for (; at < to; at++) {
      int c = line[at];
      int digit = c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) {
        break;
      }
      value = value << 4 | digit;
    }
    position = at;
    return value;
  }

  /** Moves the position behind the digits that begin at {@code from}. */
  private long decimal(byte[] line, int from) {
    int to = end;
    int at = from;
    long value = 0;
    if (from <= line.length - Long.BYTES) {
      long word = (long) WORD.get(line, from);
      int digits = Math.min(leadingDigits(word), to - from);
      if (digits < Long.BYTES) {
        position = from + digits;
        return digits == 0 ? 0 : ofDigits(word << (Byte.SIZE * (Long.BYTES - digits)));
      }
      value = ofDigits(word);
      at += Long.BYTES;
    }
    for (; at < to; at++) {
      int digit = line[at] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    position = at;
    return value;
  }

  /** The number of digits with which eight characters begin, the first one in the lowest byte. */
  private static int leadingDigits(long word) {
    // A digit has 3 in its upper half, and still has it when 6 is added. A carry out of a byte
    // that is no digit reaches only later ones.
    long other = ((word & UPPER_HALVES) ^ ZEROS) | (((word + SIXES) & UPPER_HALVES) ^ ZEROS);
    return Long.numberOfTrailingZeros(other) / Byte.SIZE;
  }

  /** The value of eight decimal digits; a byte of zero counts as the digit 0. */
  private static long ofDigits(long word) {
    // Neighbours are joined to numbers of two, four and eight digits.
    long pairs = (((word & LOWER_HALVES) * ((10 << 8) + 1)) >>> 8) & 0x00ff_00ff_00ff_00ffL;
    long fours = ((pairs * ((100L << 16) + 1)) >>> 16) & 0x0000_ffff_0000_ffffL;
    return (fours * ((10_000L << 32) + 1)) >>> 32;
  }

  /** The characters that QEMU's formats have after a number; any other shows a damaged line. */
  private static boolean endsNumber(byte c) {
    return c == ' ' || c == ',' || c == ':' || c == '(' || c == ')' || c == ']';
  }
}
