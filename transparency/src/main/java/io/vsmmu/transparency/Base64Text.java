package io.vsmmu.transparency;

import java.util.Base64;

/** Standard base64 of RFC 4648, 4, in the one form that encodes its bytes. */
final class Base64Text {

  private Base64Text() {}

  /**
   * Decodes a text.
   *
   * @param what is decoded, for the message
   */
  static byte[] decode(String text, String what) throws MalformedNoteException {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      // The decoder also accepts a text without padding, and padding bits that are not zero.
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedNoteException(what + " is not base64");
    }
    throw new MalformedNoteException(what + " is not base64 in its one form");
  }

  /** Decodes a hash of 32 bytes. */
  static byte[] hash(String text, String what) throws MalformedNoteException {
    byte[] hash = decode(text, what);
    if (hash.length != TreeHasher.HASH_BYTES) {
      throw new MalformedNoteException("%s has %d bytes, not 32".formatted(what, hash.length));
    }
    return hash;
  }
}
