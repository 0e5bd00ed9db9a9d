package io.vsmmu.db.axon;

/**
 * Encodes payloads of events and snapshots as bytes and decodes them. The bytes contain their own
 * revision, and a codec must be able to read every revision that was ever written. Implementations
 * are thread-safe.
 */
public interface PayloadCodec {

  /**
   * Number of a payload's type, 1 to 32767. It is stored with the bytes, so it never changes.
   *
   * @throws IllegalArgumentException if the payload has no type number
   */
  int typeOf(Object payload);

  /**
   * Encodes a payload that has a type number.
   *
   * @return the encoded bytes, which the caller may keep
   */
  byte[] encode(Object payload);

  /**
   * Decodes a payload.
   *
   * @param bytes shared, must not be changed
   * @throws IllegalArgumentException if the type is unknown or the bytes are no payload of it
   */
  Object decode(int type, byte[] bytes);
}
