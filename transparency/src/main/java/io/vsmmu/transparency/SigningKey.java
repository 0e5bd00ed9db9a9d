package io.vsmmu.transparency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A private key. Its text is that of golang.org/x/mod/sumdb/note, {@code PRIVATE+KEY+NAME+HEX(KEY
 * ID)+BASE64(TYPE, SEED)}; {@link #toString} does not give it.
 */
public final class SigningKey {

  private static final String PREFIX = "PRIVATE+KEY+";

  private final byte[] seed;
  private final VerifierKey verifier;

  private SigningKey(String name, SignatureType type, byte[] seed) {
    this.seed = seed;
    this.verifier = new VerifierKey(name, type, Ed25519.publicKey(seed));
  }

  /**
   * Makes a key.
   *
   * @throws MalformedNoteException if the name is not allowed
   */
  public static SigningKey generate(String name, SignatureType type) throws MalformedNoteException {
    return new SigningKey(KeyNames.check(name), type, Ed25519.newSeed());
  }

  /**
   * Reads a key.
   *
   * @throws MalformedNoteException if it does not have the format; the message does not have the
   *     text
   */
  public static SigningKey parse(String text) throws MalformedNoteException {
    int first = text.startsWith(PREFIX) ? text.indexOf('+', PREFIX.length()) : -1;
    int second = first < 0 ? -1 : text.indexOf('+', first + 1);
    if (second < 0) {
      throw new MalformedNoteException("a private key has the form PRIVATE+KEY+NAME+KEYID+BASE64");
    }
    String name = KeyNames.check(text.substring(PREFIX.length(), first));
    byte[] key = Base64Text.decode(text.substring(second + 1), "a private key");
    if (key.length != 1 + Ed25519.KEY_BYTES) {
      throw new MalformedNoteException("a private key has 33 bytes");
    }
    SigningKey read =
        new SigningKey(name, SignatureType.of(key[0]), Arrays.copyOfRange(key, 1, key.length));
    if (!read.keyIdText().equals(text.substring(first + 1, second))) {
      throw new MalformedNoteException("the key ID of a private key is not that of its key");
    }
    return read;
  }

  private String keyIdText() {
    return HexFormat.of().toHexDigits(verifier.keyId());
  }

  /** The secret text that {@link #parse} reads. */
  public String secretText() {
    byte[] key =
        ByteBuffer.allocate(1 + seed.length).put(verifier.type().identifier()).put(seed).array();
    return PREFIX
        + verifier.name()
        + '+'
        + keyIdText()
        + '+'
        + Base64.getEncoder().encodeToString(key);
  }

  public VerifierKey verifier() {
    return verifier;
  }

  /**
   * Signs a text as its log.
   *
   * @param text ends with a newline
   */
  public NoteSignature sign(String text) {
    require(SignatureType.ED25519);
    return new NoteSignature(
        verifier.name(),
        verifier.keyId(),
        Ed25519.sign(seed, text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Cosigns a checkpoint as a witness.
   *
   * @param text of the checkpoint
   * @param seconds since 1970-01-01T00:00Z, not negative
   */
  public NoteSignature cosign(String text, long seconds) {
    require(SignatureType.COSIGNATURE);
    byte[] signature = Ed25519.sign(seed, VerifierKey.cosigned(text, seconds));
    return new NoteSignature(
        verifier.name(),
        verifier.keyId(),
        ByteBuffer.allocate(Long.BYTES + signature.length).putLong(seconds).put(signature).array());
  }

  private void require(SignatureType type) {
    if (verifier.type() != type) {
      throw new IllegalStateException("the key is one for " + verifier.type());
    }
  }

  /** Its public key. */
  @Override
  public String toString() {
    return verifier.toString();
  }
}
