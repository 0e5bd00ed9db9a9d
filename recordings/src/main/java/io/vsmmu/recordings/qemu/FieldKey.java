package io.vsmmu.recordings.qemu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What QEMU prints before a field, such as {@code prod=}; in ASCII. Immutable. */
final class FieldKey {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] text;

  /** The first eight characters, or all of them, in the order of their addresses. */
  private final long word;

  /** The bytes of {@link #word} that count. */
  private final long mask;

  FieldKey(String key) {
    text = key.getBytes(StandardCharsets.US_ASCII);
    byte[] padded = new byte[Math.max(text.length, Long.BYTES)];
    System.arraycopy(text, 0, padded, 0, text.length);
    word = (long) WORD.get(padded, 0);
    mask = text.length >= Long.BYTES ? -1 : (1L << (Byte.SIZE * text.length)) - 1;
  }

  int length() {
    return text.length;
  }

  /** The index of the first occurrence in {@code line[from, to)}; -1 if there is none. */
  int in(byte[] line, int from, int to) {
    int last = to - text.length;
    // Where eight bytes can be read; the line itself may end before.
    int lastWord = Math.min(last, line.length - Long.BYTES);
    int at = from;
    for (; at <= lastWord; at++) {
      if ((((long) WORD.get(line, at) ^ word) & mask) == 0 && restMatches(line, at)) {
        return at;
      }
    }
    for (; at <= last; at++) {
      if (matches(line, at, 0)) {
        return at;
      }
    }
    return -1;
  }

  private boolean restMatches(byte[] line, int at) {
    return text.length <= Long.BYTES || matches(line, at, Long.BYTES);
  }

  private boolean matches(byte[] line, int at, int from) {
    for (int i = from; i < text.length; i++) {
      if (line[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }
}
