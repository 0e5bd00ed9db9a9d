package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CompressedRecordingTest {

  private static final byte[] TEXT = "smmu_reset\n".repeat(20).getBytes();

  @Test
  void a_cut_at_every_byte_is_told_in_words() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(TEXT);
    }
    // Two bytes identify gzip, four zstd.
    refusedWhereverItIsCut(gzip.toByteArray(), 2);
    refusedWhereverItIsCut(Zstd.compress(TEXT), 4);
  }

  private static void refusedWhereverItIsCut(byte[] whole, int magic) {
    for (int length = magic; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(failure(cut))
          .as("%d of %d bytes", length, whole.length)
          .startsWith("damaged compressed data: ")
          .doesNotContain("null")
          .hasSizeGreaterThan("damaged compressed data: ".length());
    }
  }

  private static String failure(byte[] bytes) {
    try (InputStream in = CompressedRecording.open(new ByteArrayInputStream(bytes), 1 << 20)) {
      in.readAllBytes();
      return "none";
    } catch (IOException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
