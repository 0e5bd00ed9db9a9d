package io.vsmmu.rest.intake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Decodes percent-encoded UTF-8 (RFC 3986, 2.1) strictly. */
final class PercentEncoding {

  private static final int HEX_DIGITS = 2;

  private PercentEncoding() {}

  /**
   * The decoded text. Empty if an encoding is incomplete or without hexadecimal digits, if the
   * bytes are not UTF-8 (which has no overlong forms and no surrogates), or if the text contains
   * NUL.
   */
  static Optional<String> decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    int i = 0;
    while (i < encoded.length()) {
      char c = encoded.charAt(i);
      if (c != '%') {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        i++;
      } else if (isEncoding(encoded, i)) {
        bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 1 + HEX_DIGITS));
        i += 1 + HEX_DIGITS;
      } else {
        return Optional.empty();
      }
    }
    return text(bytes.toByteArray()).filter(text -> text.indexOf('\0') < 0);
  }

  private static boolean isEncoding(String encoded, int percent) {
    return percent + HEX_DIGITS < encoded.length()
        && HexFormat.isHexDigit(encoded.charAt(percent + 1))
        && HexFormat.isHexDigit(encoded.charAt(percent + 2));
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }
}
