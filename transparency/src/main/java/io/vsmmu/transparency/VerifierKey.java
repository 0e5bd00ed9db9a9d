package io.vsmmu.transparency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A public key by its name (c2sp.org/signed-note, "Verifier keys"): the text {@code NAME+HEX(KEY
 * ID)+BASE64(TYPE, KEY)}.
 *
 * @param name of the log or witness
 * @param type of the signatures that it verifies
 * @param publicKey 32 bytes; not copied
 */
public record VerifierKey(String name, SignatureType type, byte[] publicKey) {

  private static final String COSIGNATURE_HEAD = "cosignature/v1\ntime ";

  /**
   * Reads a key.
   *
   * @throws MalformedNoteException if it does not have the format, or its key ID is not that of the
   *     key
   */
  public static VerifierKey parse(String text) throws MalformedNoteException {
    int first = text.indexOf('+');
    int second = first < 0 ? -1 : text.indexOf('+', first + 1);
    if (second < 0) {
      throw new MalformedNoteException("a verifier key has the form NAME+KEYID+BASE64");
    }
    String name = KeyNames.check(text.substring(0, first));
    byte[] key = Base64Text.decode(text.substring(second + 1), "a verifier key");
    if (key.length != 1 + Ed25519.KEY_BYTES) {
      throw new MalformedNoteException("a verifier key has %d bytes".formatted(key.length));
    }
    VerifierKey read =
        new VerifierKey(name, SignatureType.of(key[0]), Arrays.copyOfRange(key, 1, key.length));
    if (!read.keyIdText().equals(text.substring(first + 1, second))) {
      throw new MalformedNoteException("the key ID of a verifier key is not that of its key");
    }
    return read;
  }

  /** SHA-256 of the name, a newline, the type and the key: its first four bytes. */
  public int keyId() {
    MessageDigest digest = TreeHasher.sha256();
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    digest.update(type.identifier());
    return ByteBuffer.wrap(digest.digest(publicKey)).getInt();
  }

  private String keyIdText() {
    return HexFormat.of().toHexDigits(keyId());
  }

  boolean isNamedBy(NoteSignature signature) {
    return signature.name().equals(name) && signature.keyId() == keyId();
  }

  /** Whether a signature is of this key and of this text. */
  boolean verifies(String text, NoteSignature signature) {
    return switch (type) {
      case ED25519 ->
          isNamedBy(signature)
              && signature.signature().length == Ed25519.SIGNATURE_BYTES
              && Ed25519.verify(
                  publicKey, text.getBytes(StandardCharsets.UTF_8), signature.signature());
      case COSIGNATURE -> cosignedAt(text, signature).isPresent();
    };
  }

  /**
   * When a witness cosigned a checkpoint.
   *
   * @param text of the checkpoint
   * @return seconds since 1970-01-01T00:00Z; empty if the signature is not one of this key, or is
   *     wrong
   */
  public Optional<Long> cosignedAt(String text, NoteSignature signature) {
    byte[] bytes = signature.signature();
    if (type != SignatureType.COSIGNATURE
        || !isNamedBy(signature)
        || bytes.length != Long.BYTES + Ed25519.SIGNATURE_BYTES) {
      return Optional.empty();
    }
    long seconds = ByteBuffer.wrap(bytes).getLong();
    boolean right =
        seconds >= 0
            && Ed25519.verify(
                publicKey,
                cosigned(text, seconds),
                Arrays.copyOfRange(bytes, Long.BYTES, bytes.length));
    return right ? Optional.of(seconds) : Optional.empty();
  }

  static byte[] cosigned(String text, long seconds) {
    return (COSIGNATURE_HEAD + seconds + '\n' + text).getBytes(StandardCharsets.UTF_8);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    byte[] key =
        ByteBuffer.allocate(1 + publicKey.length).put(type.identifier()).put(publicKey).array();
    return name + '+' + keyIdText() + '+' + Base64.getEncoder().encodeToString(key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return keyId();
  }
}
