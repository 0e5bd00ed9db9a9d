package io.vsmmu.transparency;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * One signature of a note (c2sp.org/signed-note): the line {@code — NAME BASE64}, whose base64 is
 * the key ID and the signature.
 *
 * @param name of the key
 * @param keyId 32 bits, see {@link VerifierKey#keyId()}
 * @param signature not copied
 */
public record NoteSignature(String name, int keyId, byte[] signature) {

  /** Em dash (U+2014) and space. */
  static final String PREFIX = "\u2014 ";

  static NoteSignature parse(String line) throws MalformedNoteException {
    int space = line.lastIndexOf(' ');
    if (!line.startsWith(PREFIX) || space <= PREFIX.length()) {
      throw new MalformedNoteException("a signature line is not of the form '\u2014 NAME BASE64'");
    }
    String name = KeyNames.check(line.substring(PREFIX.length(), space));
    byte[] bytes = Base64Text.decode(line.substring(space + 1), "a signature");
    if (bytes.length <= Integer.BYTES) {
      throw new MalformedNoteException("a signature has %d bytes".formatted(bytes.length));
    }
    return new NoteSignature(
        name,
        ByteBuffer.wrap(bytes).getInt(),
        Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length));
  }

  /** The line, with its newline. */
  public String line() {
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES + signature.length).putInt(keyId).put(signature).array();
    return PREFIX + name + ' ' + Base64.getEncoder().encodeToString(bytes) + '\n';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && name.equals(that.name)
        && keyId == that.keyId
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + keyId;
  }
}
