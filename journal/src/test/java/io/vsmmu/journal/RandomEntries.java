package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Entries of all kinds of bytes, also of those that look like the journal's own. */
final class RandomEntries {

  private final Random random;

  RandomEntries(Random random) {
    this.random = random;
  }

  /** From 1 to a number of entries, together at most 7,000 bytes. */
  List<byte[]> next(int most) {
    List<byte[]> entries = new ArrayList<>();
    int count = 1 + random.nextInt(most);
    int left = 7000;
    for (int i = 0; i < count; i++) {
      byte[] entry = entry(random.nextInt(Math.min(left, random.nextInt(8) == 0 ? 3001 : 300)));
      left -= entry.length;
      entries.add(entry);
      if (left < 400) {
        return entries;
      }
    }
    return entries;
  }

  private byte[] entry(int length) {
    byte[] bytes = new byte[length];
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> looksLikeFrames(bytes);
      default -> random.nextBytes(bytes);
    }
    return bytes;
  }

  /** What a guest could write who knows the format, but not the journal's key. */
  private void looksLikeFrames(byte[] bytes) {
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = random.nextInt(8); at + 40 <= bytes.length; at += 40) {
      ByteBuffer frame = out.slice(at, 40).order(ByteOrder.LITTLE_ENDIAN);
      FrameHeader.seal(
          frame,
          new FrameHeader(40, 0, 1 + random.nextInt(200), 1_000_000, 1 + random.nextInt(20), 1),
          0);
    }
  }
}
