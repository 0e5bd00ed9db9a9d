package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinePrefixTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "    ",
        "\t",
        "> ",
        "> > ",
        "| ",
        "[   12.345678] ",
        "Nov 29 20:34:01 host qemu-system-aarch64[4711]: ",
        "Nov  9 20:34:01 host qemu[1]: ",
        "Nov 29 20:34:01.123456 host qemu[1]: ",
        "2026-11-29T20:34:01+0000 host qemu[1]: ",
        "2026-11-29T20:34:01.123456+00:00 host qemu[1]: ",
        "1764448441.123456 host qemu[1]: ",
        "[   12.345678] host qemu[1]: ",
        "Nov 29 20:34:01 host qemu[1]: 4711@1700000000.000250:",
        "2026-11-29T20:34:01.123456Z "
      })
  void a_trace_behind_a_prefix_of_its_carrier_is_read_as_without_it(String prefix) {
    ImportReport report =
        new Collected()
            .read(
                Collected.emulated()
                    .lines()
                    .map(l -> prefix + l + "\n")
                    .collect(Collectors.joining()));

    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(40);
  }

  @Test
  void a_byte_order_mark_and_line_ends_of_other_systems_are_no_part_of_the_trace() {
    byte[] text =
        ("\u00ef\u00bb\u00bf" + Collected.emulated().replace("\n", "\r\n"))
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThat(new Collected().read(text).vsmmus().getFirst().commands()).isEqualTo(40);
  }

  @Test
  void the_time_nearest_to_the_event_counts() {
    LinePrefix prefix = new LinePrefix();
    byte[] line =
        "2026-11-29T20:34:01+0100 h q[1]: [    7.250000] smmu_reset_exit"
            .getBytes(StandardCharsets.US_ASCII);
    prefix.read(line, 0, line.length);

    assertThat(prefix.time()).isEqualTo(Instant.ofEpochSecond(7, 250_000_000));
    assertThat(
            new String(line, prefix.next(), line.length - prefix.next(), StandardCharsets.US_ASCII))
        .isEqualTo("smmu_reset_exit");
  }

  @Test
  void gzip_of_several_members_and_zstd_of_several_frames_are_taken() throws IOException {
    String text = Collected.emulated();
    int half = text.length() / 2;
    for (boolean zstd : new boolean[] {false, true}) {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      compressed.write(compress(text.substring(0, half), zstd));
      compressed.write(compress(text.substring(half), zstd));
      byte[] plain =
          CompressedRecording.open(
                  new ByteArrayInputStream(compressed.toByteArray()), text.length())
              .readAllBytes();

      assertThat(new Collected().read(plain).vsmmus().getFirst().commands()).isEqualTo(40);
    }
  }

  @Test
  void what_grows_beyond_the_limit_when_decompressed_is_refused() throws IOException {
    byte[] bomb = compress("smmuv3_".repeat(1 << 20), false);

    assertThat(bomb.length).isLessThan(1 << 16);
    assertThatThrownBy(
            () -> CompressedRecording.open(new ByteArrayInputStream(bomb), 1 << 20).readAllBytes())
        .isInstanceOf(CompressedRecording.TooLongException.class);
  }

  private static byte[] compress(String text, boolean zstd) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = zstd ? new ZstdOutputStream(bytes) : new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }
}
