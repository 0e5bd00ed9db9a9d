package io.vsmmu.transparency;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * A sealed segment of an event log: a range of positions, as a leaf of the log's tree. It is
 * encoded in these fields, big-endian and without padding, with their lengths in bytes:
 *
 * <pre>
 * "vsmmu segment 1\n"       16
 * index of the leaf          8, from 0
 * first position             8
 * last position              8
 * root of the events        32, of the Merkle tree over the {@link EventLeaf} of each position
 * number of heads            4, then of each, in the order of the aggregate ids as unsigned numbers:
 *   aggregate id            16
 *   origin of its times      8, microseconds since 1970-01-01T00:00Z
 *   arrival                  1: 0 created here, 1 its import is under way, 2 imported
 *   name length, name        2, then the name in UTF-8; none while its import is under way
 *   last sequence            8, -1 if it has no event
 *   chain hash of that one  32
 * </pre>
 *
 * <p>A vSMMU has a head in each segment that has events of it, and in the first segment that is
 * sealed after it was created or its import was completed. So the leaf covers every byte of every
 * event, and of the registry what gives events their meaning.
 *
 * @param index of the leaf
 * @param first position, from 1
 * @param last position, not below the first
 * @param eventsRoot 32 bytes; not copied
 * @param heads in any order
 */
public record SegmentLeaf(
    long index, long first, long last, byte[] eventsRoot, List<SegmentHead> heads) {

  private static final byte[] MAGIC = "vsmmu segment 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final int FIXED_BYTES =
      MAGIC.length + 3 * Long.BYTES + TreeHasher.HASH_BYTES + Integer.BYTES;

  private static final int HEAD_BYTES = 4 * Long.BYTES + 1 + Short.BYTES + TreeHasher.HASH_BYTES;

  private static final Comparator<SegmentHead> UNSIGNED_IDS =
      Comparator.comparing(
          SegmentHead::aggregateId,
          Comparator.comparing(UUID::getMostSignificantBits, Long::compareUnsigned)
              .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned));

  public SegmentLeaf {
    heads = heads.stream().sorted(UNSIGNED_IDS).toList();
  }

  /** The bytes that the tree hashes. */
  public byte[] encoded() {
    int names = heads.stream().mapToInt(head -> utf8(head).length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + heads.size() * HEAD_BYTES + names);
    bytes.put(MAGIC).putLong(index).putLong(first).putLong(last).put(eventsRoot);
    bytes.putInt(heads.size());
    for (SegmentHead head : heads) {
      byte[] name = utf8(head);
      bytes
          .putLong(head.aggregateId().getMostSignificantBits())
          .putLong(head.aggregateId().getLeastSignificantBits())
          .putLong(head.originMicros())
          .put((byte) head.arrival())
          .putShort((short) name.length)
          .put(name)
          .putLong(head.sequence())
          .put(head.hash());
    }
    return bytes.array();
  }

  private static byte[] utf8(SegmentHead head) {
    return head.name().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a leaf.
   *
   * @throws MalformedNoteException if the bytes are not those that {@link #encoded} gives
   */
  public static SegmentLeaf parse(byte[] encoded) throws MalformedNoteException {
    try {
      SegmentLeaf leaf = read(ByteBuffer.wrap(encoded));
      if (Arrays.equals(leaf.encoded(), encoded)) {
        return leaf;
      }
    } catch (BufferUnderflowException tooShort) {
      throw new MalformedNoteException("a segment's leaf is cut off");
    }
    throw new MalformedNoteException("the bytes are not those of a segment's leaf");
  }

  private static SegmentLeaf read(ByteBuffer bytes) throws MalformedNoteException {
    if (!Arrays.equals(taken(bytes, MAGIC.length), MAGIC)) {
      throw new MalformedNoteException("a segment's leaf begins with 'vsmmu segment 1'");
    }
    long index = bytes.getLong();
    long first = bytes.getLong();
    long last = bytes.getLong();
    byte[] root = taken(bytes, TreeHasher.HASH_BYTES);
    int count = bytes.getInt();
    List<SegmentHead> heads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UUID id = new UUID(bytes.getLong(), bytes.getLong());
      long origin = bytes.getLong();
      int arrival = bytes.get();
      String name =
          new String(taken(bytes, Short.toUnsignedInt(bytes.getShort())), StandardCharsets.UTF_8);
      heads.add(
          new SegmentHead(
              id, origin, arrival, name, bytes.getLong(), taken(bytes, TreeHasher.HASH_BYTES)));
    }
    return new SegmentLeaf(index, first, last, root, heads);
  }

  private static byte[] taken(ByteBuffer bytes, int length) {
    if (length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SegmentLeaf that && Arrays.equals(encoded(), that.encoded());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(index) * 31 + Arrays.hashCode(eventsRoot);
  }
}
