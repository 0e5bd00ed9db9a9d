package io.vsmmu.db.axon;

/**
 * Turns payloads of events and snapshots into bytes and back. The bytes carry their own revision; a
 * codec reads every revision it ever wrote.
 */
public interface PayloadCodec {

  /**
   * Number of a payload's type, 1 to 32767, stable for ever.
   *
   * @throws IllegalArgumentException if the payload has no type number
   */
  int typeOf(Object payload);

  /** Bytes of a payload. */
  byte[] encode(Object payload);

  /**
   * Payload from its bytes.
   *
   * @throws IllegalArgumentException if the type is unknown or the bytes are no payload of it
   */
  Object decode(int type, byte[] bytes);
}
