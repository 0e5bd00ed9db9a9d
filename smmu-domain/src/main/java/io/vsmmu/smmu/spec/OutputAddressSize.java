package io.vsmmu.smmu.spec;

import java.util.List;

/**
 * Sizes of output addresses and their encoding in IDR5.OAS (IHI 0070, 6.3.6).
 *
 * <p>All eight encodings are legal: only SMMUv3.0 reserves 0b110 (52 bits), and only versions up to
 * SMMUv3.3 reserve 0b111 (56 bits). Linux does not know 0b111 and takes it for 48 bits
 * (arm-smmu-v3.c, arm_smmu_device_hw_probe).
 */
public final class OutputAddressSize {

  /** Every size in bits; the index is its encoding. */
  public static final List<Integer> BITS = List.of(32, 36, 40, 42, 44, 48, 52, 56);

  private OutputAddressSize() {}

  /** Whether an encoding stands for this many bits. */
  public static boolean exists(int bits) {
    return BITS.contains(bits);
  }

  /**
   * The encoding of a size.
   *
   * @throws IllegalArgumentException if no encoding stands for this many bits
   */
  public static int encode(int bits) {
    int encoding = BITS.indexOf(bits);
    if (encoding < 0) {
      throw new IllegalArgumentException(
          "output address size: %d bits, allowed is one of %s".formatted(bits, BITS));
    }
    return encoding;
  }

  /**
   * The size of an encoding in bits.
   *
   * @param encoding 0..7
   */
  public static int decode(int encoding) {
    return BITS.get(encoding);
  }
}
