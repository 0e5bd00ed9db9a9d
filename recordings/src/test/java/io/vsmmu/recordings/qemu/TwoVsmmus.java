package io.vsmmu.recordings.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A recording of stock QEMU 11.1.3: two accelerated vSMMUs, a machine reset, a second boot, and the
 * unplug of a device. At each boot the guest sets up A and gives its devices their domains; from
 * then on only B is used.
 */
final class TwoVsmmus {

  static final int A = 0;
  static final int B = 1;

  private static final String PROBE = "smmuv3_read_mmio addr: 0x0 ";

  private TwoVsmmus() {}

  static String text() {
    try (InputStream in =
        new GZIPInputStream(
            TwoVsmmus.class.getResourceAsStream("/accel-two-vsmmu-unplug.trace.log.gz"))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The recording with the owner of each line of a guest access. */
  static KnownRecording recording() {
    List<String> lines = text().lines().toList();
    List<Integer> owners = new ArrayList<>();
    int owner = KnownRecording.VM;
    for (String line : lines) {
      if (line.contains(PROBE)) {
        owner = owner == A ? B : A;
      } else if (line.contains("smmu_reset_exit")) {
        owner = KnownRecording.VM;
      }
      boolean viommu4 = line.contains("invalidate_cache") && line.contains(" id=4 ");
      boolean viommu8 = line.contains("invalidate_cache") && line.contains(" id=8 ");
      if ((viommu4 && owner != A) || (viommu8 && owner != B)) {
        throw new AssertionError(line);
      }
      boolean ofVm = line.contains("smmu_reset_exit") || line.contains("map_dma");
      owners.add(ofVm ? KnownRecording.VM : owner);
    }
    return new KnownRecording(lines, owners);
  }
}
