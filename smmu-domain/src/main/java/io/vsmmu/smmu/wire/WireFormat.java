package io.vsmmu.smmu.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The wire types and sizes of {@link WireWriter} and {@link WireReader}. */
final class WireFormat {

  static final int VARINT = 0;

  /** Wire type of eight little-endian bytes. */
  static final int FIXED64 = 1;

  /** Wire type of a length, a varint, and the number of bytes that it gives. */
  static final int BYTES = 2;

  /** Bits of a key that hold the wire type. */
  static final int WIRE_TYPE_BITS = 3;

  static final int WIRE_TYPE_MASK = (1 << WIRE_TYPE_BITS) - 1;

  /** The most bytes that a varint of 64 bits takes. */
  static final int MAX_VARINT_BYTES = 10;

  /** A value of more bits than this is not shorter as a varint than as eight bytes. */
  static final int VARINT_PAYS_BITS = 56;

  /** Eight bytes at any offset, little-endian. */
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private WireFormat() {}
}
