package io.vsmmu.transparency;

/** Limits of what is read from other parties. What exceeds one is refused. */
public final class TransparencyLimits {

  /** Bytes of a signed note in UTF-8. */
  public static final int NOTE_BYTES = 1 << 16;

  /**
   * Signature lines of a note. The specification requires at least 16; a checkpoint has one of its
   * log and one of each witness.
   */
  public static final int NOTE_SIGNATURES = 64;

  /** UTF-16 characters of a key's name or an origin. */
  public static final int NAME_CHARS = 255;

  /** Hashes of a proof; tlog-witness allows as many. A tree of 2^63 leaves needs no more. */
  public static final int PROOF_HASHES = 63;

  /** Bytes of a segment's leaf. */
  public static final int LEAF_BYTES = 16 << 20;

  /** Characters of a proof with its leaf in base64. */
  public static final int PROOF_CHARS = LEAF_BYTES / 3 * 4 + 2 * NOTE_BYTES;

  private TransparencyLimits() {}
}
