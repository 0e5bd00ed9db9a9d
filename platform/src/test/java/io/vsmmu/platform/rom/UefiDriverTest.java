package io.vsmmu.platform.rom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled binary is what its source compiles to. */
@Tag("slow")
class UefiDriverTest {

  /** The compiler that built the binary; another one may choose other instructions. */
  private static final String COMPILER = "clang version 14.0.6";

  private static final Path SOURCE = Path.of("src/main/efi");

  @TempDir Path folder;

  @Test
  void the_source_gives_the_same_bytes() throws IOException, InterruptedException {
    // given
    assumeTrue(
        output(List.of("clang", "--version")).contains(COMPILER), COMPILER + " is not installed");
    assumeTrue(!output(List.of("lld-link", "--version")).isEmpty(), "lld is not installed");

    // when
    Path built = folder.resolve("vsmmu.efi");
    output(List.of(SOURCE.resolve("build").toString(), built.toString()));

    // then
    assertThat(Files.readAllBytes(built)).isEqualTo(UefiDriver.bundled().image());
  }

  @Test
  void it_is_a_boot_service_driver_for_aarch64() {
    byte[] image = UefiDriver.bundled().image();
    int pe = image[0x3C] & 0xFF | (image[0x3D] & 0xFF) << 8;

    assertThat(image).startsWith('M', 'Z');
    assertThat(new String(image, pe, 2, StandardCharsets.US_ASCII)).isEqualTo("PE");
    assertThat(image[pe + 4] & 0xFF | (image[pe + 5] & 0xFF) << 8).as("machine").isEqualTo(0xAA64);
    assertThat(image[pe + 24 + 68]).as("subsystem").isEqualTo((byte) 11);
  }

  /** As sbsign appends it: the certificate table is the last thing in the file. */
  private static byte[] signed(int signatureBytes) {
    byte[] plain = UefiDriver.bundled().image();
    ByteBuffer image =
        ByteBuffer.wrap(Arrays.copyOf(plain, plain.length + signatureBytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    int certificates = image.getInt(0x3C) + 24 + 112 + 4 * 8;
    return image
        .putInt(certificates, plain.length)
        .putInt(certificates + 4, signatureBytes)
        .array();
  }

  @Test
  void a_signature_has_to_be_at_the_end_of_the_last_block_of_its_rom_image() {
    int length = UefiDriver.bundled().image().length;
    int fits = 2048 - (0x40 + length) % 512;

    assertThat(BuildResults.made(UefiDriver.of("driver", signed(fits))).image())
        .hasSize(length + fits);
    assertThat(BuildResults.refused(UefiDriver.of("driver", signed(fits + 8))))
        .extracting(Problem::field)
        .containsExactly("driver.bytes");
  }

  @Test
  void what_firmware_could_not_start_is_refused() {
    byte[] good = UefiDriver.bundled().image();
    assertThat(BuildResults.made(UefiDriver.of("driver", good)).image()).isEqualTo(good);

    for (int size : new int[] {0, 1, 64, 255, RomLimits.DRIVER_BYTES + 1}) {
      assertThat(UefiDriver.of("driver", Arrays.copyOf(good, size)))
          .as("%d bytes", size)
          .isInstanceOf(BuildResult.Refused.class);
    }
    ByteBuffer beyond = ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int pe : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, good.length - 4}) {
      assertThat(UefiDriver.of("driver", beyond.putInt(0x3C, pe).array()))
          .isInstanceOf(BuildResult.Refused.class);
    }
    ByteBuffer intel = ByteBuffer.wrap(good.clone()).order(ByteOrder.LITTLE_ENDIAN);
    intel.putShort(intel.getInt(0x3C) + 4, (short) 0x8664);
    assertThat(BuildResults.refused(UefiDriver.of("driver", intel.array())).getFirst().required())
        .contains("AArch64");
  }

  /** The output of a command; empty if the program does not exist. */
  private static String output(List<String> command) throws InterruptedException, IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException noSuchProgram) {
      return "";
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return text;
  }
}
