package io.vsmmu.recordings.qemu;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens a recording that may be compressed, by the first bytes of the file: gzip with any number of
 * members (RFC 1952), zstd with any number of frames (RFC 8878), or plain text.
 */
public final class CompressedRecording {

  /** log2 of the largest window of a zstd frame: 128 MiB, the limit of {@code zstd -d} too. */
  static final int ZSTD_WINDOW_LOG = 27;

  private static final int GZIP_MAGIC = 0x8b1f;
  private static final long ZSTD_MAGIC = 0xfd2f_b528L;
  private static final int MAGIC_BYTES = 4;

  private CompressedRecording() {}

  /** The decompressed recording is longer than the limit. */
  public static final class TooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    TooLongException(long most) {
      super("more than %d bytes when decompressed".formatted(most));
    }
  }

  /** The compressed data is malformed or ends too early. */
  public static final class DamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedException(IOException cause) {
      super("damaged compressed data: " + reason(cause), cause);
    }

    /** The decompressors report data that ends too early without a message. */
    private static String reason(IOException cause) {
      String message = cause.getMessage();
      return cause instanceof EOFException || message == null ? "it ends too early" : message;
    }
  }

  /**
   * The largest number of bytes of text that a compressed recording may have. A trace compresses to
   * a twentieth or a thirtieth of its length; a file that decompresses to a thousand times its
   * length was made to exhaust memory and time.
   *
   * @param compressed length of the compressed file in bytes
   */
  public static long mostText(long compressed) {
    return Math.max(
        TraceLimits.SMALL_TEXT_BYTES,
        compressed > Long.MAX_VALUE / TraceLimits.EXPANSION
            ? Long.MAX_VALUE
            : compressed * TraceLimits.EXPANSION);
  }

  /** Whether a file begins as compressed data does. */
  public static boolean isCompressed(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(MAGIC_BYTES);
      return isGzip(head) || isZstd(head);
    }
  }

  private static boolean isGzip(byte[] head) {
    return head.length >= 2 && (magic(head) & 0xffff) == GZIP_MAGIC;
  }

  private static boolean isZstd(byte[] head) {
    return head.length == MAGIC_BYTES && magic(head) == ZSTD_MAGIC;
  }

  /** The first bytes as a little-endian number. */
  private static long magic(byte[] head) {
    long magic = 0;
    for (int i = head.length - 1; i >= 0; i--) {
      magic = magic << 8 | (head[i] & 0xff);
    }
    return magic;
  }

  /**
   * Opens a recording. Reads of the result throw {@link DamagedException} if compressed data is
   * damaged, and {@link TooLongException} beyond {@code most} bytes.
   *
   * @param in the recording, compressed or not; closed with the result
   * @param most limit for the text of a compressed recording, in bytes
   * @throws DamagedException if the gzip header is damaged
   */
  public static InputStream open(InputStream in, long most) throws IOException {
    PushbackInputStream raw = new PushbackInputStream(in, MAGIC_BYTES);
    byte[] head = raw.readNBytes(MAGIC_BYTES);
    raw.unread(head);
    if (isGzip(head)) {
      try {
        return new Bounded(new GZIPInputStream(raw, 1 << 16), most);
      } catch (ZipException | EOFException damaged) {
        throw new DamagedException(damaged);
      }
    }
    if (isZstd(head)) {
      ZstdInputStream zstd = new ZstdInputStream(raw);
      zstd.setLongMax(ZSTD_WINDOW_LOG);
      return new Bounded(zstd, most);
    }
    return raw;
  }

  private static final class Bounded extends FilterInputStream {

    private final long most;
    private long read;

    Bounded(InputStream in, long most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count;
      try {
        count = super.read(bytes, offset, length);
      } catch (ZipException | EOFException | ZstdIOException damaged) {
        throw new DamagedException(damaged);
      }
      count(Math.max(count, 0));
      return count;
    }

    private void count(int bytes) throws IOException {
      read += bytes;
      if (read > most) {
        throw new TooLongException(most);
      }
    }
  }
}
