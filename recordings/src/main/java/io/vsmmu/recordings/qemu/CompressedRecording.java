package io.vsmmu.recordings.qemu;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A recording that may be compressed: gzip, of any number of members, or zstd, of any frames. */
public final class CompressedRecording {

  /** Largest window of a zstd frame, as a power of two: 128 MiB, what {@code zstd -d} takes too. */
  static final int ZSTD_WINDOW_LOG = 27;

  private static final int GZIP_MAGIC = 0x8b1f;
  private static final long ZSTD_MAGIC = 0xfd2f_b528L;
  private static final int MAGIC_BYTES = 4;

  private CompressedRecording() {}

  /** The recording is longer than allowed when it is decompressed. */
  public static final class TooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    TooLongException(long most) {
      super("more than %d bytes when decompressed".formatted(most));
    }
  }

  /** The compressed bytes are not what their head says, or end too early. */
  public static final class DamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedException(IOException cause) {
      super("damaged compressed data: " + reason(cause), cause);
    }

    /** What ends too early is told without a message. */
    private static String reason(IOException cause) {
      String told = cause.getMessage();
      return cause instanceof EOFException || told == null ? "it ends too early" : told;
    }
  }

  /**
   * Most bytes of text that a compressed recording of this size can be expected to have: a trace
   * comes to a twentieth or thirtieth, what comes to a thousandth was made to fill memory and time.
   *
   * @param compressed bytes of the file
   */
  public static long mostText(long compressed) {
    return Math.max(
        TraceLimits.SMALL_TEXT_BYTES,
        compressed > Long.MAX_VALUE / TraceLimits.EXPANSION
            ? Long.MAX_VALUE
            : compressed * TraceLimits.EXPANSION);
  }

  /**
   * The recording's text. What is damaged in a compressed one is a {@link DamagedException}.
   *
   * @param in the recording, compressed or not
   * @param most bytes of a compressed one's text; reading more is a {@link TooLongException}
   */
  public static InputStream open(InputStream in, long most) throws IOException {
    PushbackInputStream raw = new PushbackInputStream(in, MAGIC_BYTES);
    byte[] head = raw.readNBytes(MAGIC_BYTES);
    raw.unread(head);
    long magic = 0;
    for (int i = head.length - 1; i >= 0; i--) {
      magic = magic << 8 | (head[i] & 0xff);
    }
    if (head.length >= 2 && (magic & 0xffff) == GZIP_MAGIC) {
      try {
        return new Bounded(new GZIPInputStream(raw, 1 << 16), most);
      } catch (ZipException | EOFException damaged) {
        throw new DamagedException(damaged);
      }
    }
    if (head.length == MAGIC_BYTES && magic == ZSTD_MAGIC) {
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
