package io.vsmmu.fuzz;

import com.github.luben.zstd.Zstd;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * Writes the file of an exported log as recordings/FORMAT.md describes it, with the content that an
 * input demands and checksums that fit it. It shares no code with the product's writer, which
 * refuses what a forger writes.
 */
final class ForgedLogFile {

  private static final int PARTS = 64;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final MessageDigest digest = sha256();
  private final HashChain chain = new HashChain();
  private byte[] previous = HashChain.genesis();
  private long sequence;
  private long written;

  ForgedLogFile(Input input) {
    int form = input.u8();
    int version = (form & 1) != 0 ? 3 : (form & 2) != 0 ? 2 : 1;
    header((form & 4) != 0 ? (int) input.number() : version, input);
    if (version == 3) {
      part(input);
    }
    for (int parts = 0; input.more() && parts < PARTS; parts++) {
      int kind = input.u8();
      switch (kind % 8) {
        case 0, 1, 2, 3, 4 -> record(input);
        case 5 -> block(3, note(input));
        case 6 -> block(input.u8() % 6, input.bytes(input.u8()));
        default -> sequence = input.number();
      }
    }
    trailer(form);
  }

  /** The bytes of the file. */
  byte[] bytes() {
    return file.toByteArray();
  }

  private void header(int version, Input input) {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    string(fields, "forged");
    fields.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(input.more() ? 1 : 0).array());
    string(fields, "fuzz");
    file.writeBytes("VSMMULOG".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(ByteBuffer.allocate(6).putShort((short) version).putInt(fields.size()).array());
    file.writeBytes(fields.toByteArray());
    file.writeBytes(crc(fields.toByteArray()));
  }

  /** What the file is a part of; the state before it is often that of a real log. */
  private void part(Input input) {
    boolean real = input.bool();
    VsmmuState state = VsmmuState.ABSENT;
    int events = input.u8() % 16;
    for (var event : SampleLog.events().subList(0, Math.min(events, SampleLog.events().size()))) {
      state = Vsmmu.evolve(state, event);
    }
    sequence = real ? state.events() : input.number();
    byte[] encoded = real ? SnapshotCodec.encode(state) : input.bytes(input.u16() % 1024);
    previous = new byte[HashChain.HASH_BYTES];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, sequence);
    varint(out, real ? 1 : input.number());
    varint(out, real ? 100 : input.number());
    varint(out, real ? 100 : input.number());
    out.writeBytes(previous);
    varint(out, input.bool() ? SnapshotCodec.TYPE : input.u16());
    varint(out, encoded.length);
    out.writeBytes(encoded);
    block(4, out.toByteArray());
  }

  private void record(Input input) {
    int type = 1 + input.u8() % 255;
    long cause = input.u8() - 1L;
    long offset = input.number();
    byte[] payload = input.bytes(input.u16() % 2048);
    // No event has such a sequence, and so no hash.
    byte[] hash =
        sequence < 0 ? previous : chain.next(previous, 0, event(type, cause, offset, payload));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, sequence);
    zigzag(out, offset - written);
    varint(out, type);
    varint(out, cause + 1);
    string(out, "");
    varint(out, payload.length);
    out.writeBytes(payload);
    out.writeBytes(hash);
    block(1, out.toByteArray());
    previous = hash;
    written = offset;
    sequence++;
  }

  private NewEvent event(int type, long cause, long offset, byte[] payload) {
    return new NewEvent(sequence, offset, type, cause < 0 ? null : (Long) cause, null, payload);
  }

  private static byte[] note(Input input) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, input.number());
    zigzag(out, input.number());
    for (int texts = 0; texts < 3; texts++) {
      byte[] text = input.bytes(input.u8());
      varint(out, text.length);
      out.writeBytes(text);
    }
    return out.toByteArray();
  }

  private void block(int kind, byte[] content) {
    byte[] stored = Zstd.compress(content, 1);
    body(
        ByteBuffer.allocate(9)
            .put((byte) kind)
            .putInt(content.length)
            .putInt(stored.length)
            .array());
    body(crc(content));
    body(stored);
  }

  private void trailer(int form) {
    long count = (form & 8) != 0 ? sequence + 1 : sequence;
    body(ByteBuffer.allocate(9).put((byte) 2).putLong(count).array());
    body(previous);
    file.writeBytes(digest.digest());
  }

  private void body(byte[] bytes) {
    digest.update(bytes);
    file.writeBytes(bytes);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static void zigzag(ByteArrayOutputStream out, long value) {
    varint(out, value << 1 ^ value >> 63);
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
