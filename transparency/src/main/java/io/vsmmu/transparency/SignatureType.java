package io.vsmmu.transparency;

/** The signature types of signed-note that are used here. */
public enum SignatureType {
  /** A log's signature of a text. */
  ED25519(1),
  /** A witness's signature of a checkpoint and of the time (c2sp.org/tlog-cosignature, v1). */
  COSIGNATURE(4);

  private final byte identifier;

  SignatureType(int identifier) {
    this.identifier = (byte) identifier;
  }

  byte identifier() {
    return identifier;
  }

  static SignatureType of(byte identifier) throws MalformedNoteException {
    for (SignatureType type : values()) {
      if (type.identifier == identifier) {
        return type;
      }
    }
    throw new MalformedNoteException(
        "signature type 0x%02x is not one of 0x01 (Ed25519) and 0x04 (cosignature)"
            .formatted(identifier));
  }
}
