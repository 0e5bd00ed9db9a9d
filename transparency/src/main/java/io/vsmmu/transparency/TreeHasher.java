package io.vsmmu.transparency;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of a Merkle tree (RFC 9162, 2.1.1, as in RFC 6962, 2.1): SHA-256 with 0x00 before a
 * leaf's bytes and 0x01 before two nodes. Not thread-safe: each thread needs its own instance.
 */
public final class TreeHasher {

  /** Bytes of a hash. */
  public static final int HASH_BYTES = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final MessageDigest digest = sha256();

  /** The root of a tree without leaves, SHA-256 of no bytes; a new array. */
  public static byte[] emptyRoot() {
    return sha256().digest();
  }

  /** The hash of a leaf; a new array. */
  public byte[] leaf(byte[] bytes) {
    digest.update(LEAF);
    return digest.digest(bytes);
  }

  /** The hash of a node from those of its children; a new array. */
  public byte[] node(byte[] left, byte[] right) {
    digest.update(NODE);
    digest.update(left);
    return digest.digest(right);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
