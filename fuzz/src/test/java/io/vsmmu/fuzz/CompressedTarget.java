package io.vsmmu.fuzz;

import com.github.luben.zstd.Zstd;
import io.vsmmu.recordings.qemu.CompressedRecording;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * A recording that may be compressed. It is read to its end, or found damaged or too long; never
 * more bytes come out than are allowed.
 */
final class CompressedTarget implements FuzzTarget {

  private static final int MOST = 1 << 20;

  @Override
  public void take(byte[] bytes) throws IOException {
    byte[] part = new byte[8192];
    long read = 0;
    try (InputStream in = CompressedRecording.open(new ByteArrayInputStream(bytes), MOST)) {
      for (int count = in.read(part); count > 0; count = in.read(part)) {
        read += count;
        Finding.unless(read <= MOST, "%d bytes, %d are allowed", read, MOST);
      }
    } catch (CompressedRecording.DamagedException | CompressedRecording.TooLongException told) {
      Finding.unless(!String.valueOf(told.getMessage()).isEmpty(), "damage without a reason");
    }
  }

  @Override
  public List<byte[]> seeds() {
    byte[] text =
        "smmuv3_read_mmio addr: 0x0 val:0x0 size: 0x4(0)\n".getBytes(StandardCharsets.UTF_8);
    return List.of(text, gzip(text), Zstd.compress(text), Zstd.compress(new byte[MOST + 1]));
  }

  private static byte[] gzip(byte[] text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
