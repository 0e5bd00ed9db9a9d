package io.vsmmu.smmu.wire;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The fields of a payload as bytes, found by their wire types alone; an independent reader. */
final class RawFields {

  private static final byte[] UNKNOWN_VARINT = {(byte) 0xA0, 0x06, 0x05};
  private static final byte[] UNKNOWN_FIXED = {(byte) 0xA9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8};
  private static final byte[] UNKNOWN_BYTES = {(byte) 0xB2, 0x06, 2, 1, 1};

  private final byte[] payload;
  private final List<Raw> fields = new ArrayList<>();
  private int position = 1;

  /** Key and value of one field. */
  private record Raw(long number, byte[] bytes) {}

  /** Takes a payload of revision 1 apart. */
  RawFields(byte[] payload) {
    this.payload = payload;
    while (position < payload.length) {
      int start = position;
      long key = varint();
      switch ((int) key & 7) {
        case 0 -> varint();
        case 1 -> position += 8;
        case 2 -> {
          int length = (int) varint();
          position += length;
        }
        default -> throw new IllegalStateException("wire type " + (key & 7));
      }
      fields.add(new Raw(key >>> 3, Arrays.copyOfRange(payload, start, position)));
    }
  }

  /** The payload with its fields in another order; those of one number keep theirs. */
  byte[] shuffled(Random random) {
    List<Raw> rest = new ArrayList<>(fields);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload, 0, 1);
    while (!rest.isEmpty()) {
      switch (random.nextInt(6)) {
        case 0 -> out.writeBytes(UNKNOWN_VARINT);
        case 1 -> out.writeBytes(UNKNOWN_FIXED);
        case 2 -> out.writeBytes(UNKNOWN_BYTES);
        default -> {
          long number = rest.get(random.nextInt(rest.size())).number();
          Raw first = rest.stream().filter(it -> it.number() == number).findFirst().orElseThrow();
          rest.remove(first);
          out.writeBytes(first.bytes());
        }
      }
    }
    return out.toByteArray();
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = payload[position++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
