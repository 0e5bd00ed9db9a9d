package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * QEMU's pages 0 and 1 are exact aliases, and it clears bit 16 of an offset before it prints it
 * (hw/arm/smmuv3.c, smmu_write_mmio and smmu_read_mmio): an access of page 1, where the
 * architecture has the indexes of the Event queue and the PRI queue, is printed as one of page 0.
 */
final class RegisterAlias {

  private static final int PAGE_1 = 0x10000;

  /** Offset of each register of page 1 by the offset that QEMU prints for it. */
  private static final Map<Integer, Integer> PRINTED =
      Arrays.stream(Register.values())
          .map(Register::offset)
          .filter(offset -> offset >= PAGE_1)
          .collect(Collectors.toUnmodifiableMap(offset -> offset - PAGE_1, offset -> offset));

  private RegisterAlias() {}

  /** The read with the offset that the architecture gives its register (IHI 0070 6.1). */
  static TraceLine.MmioRead of(TraceLine.MmioRead printed) {
    Integer offset = PRINTED.get(printed.offset());
    return offset == null
        ? printed
        : new TraceLine.MmioRead(offset, printed.value(), printed.width());
  }

  /** The write with the offset that the architecture gives its register (IHI 0070 6.1). */
  static TraceLine.MmioWrite of(TraceLine.MmioWrite printed) {
    Integer offset = PRINTED.get(printed.offset());
    return offset == null
        ? printed
        : new TraceLine.MmioWrite(offset, printed.value(), printed.width());
  }
}
