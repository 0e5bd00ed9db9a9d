package io.vsmmu.smmu.spec;

import java.util.OptionalInt;

/**
 * The address part of a TLB invalidation, IHI 0070, 4.4.1.1.
 *
 * @param address first address, 4KB aligned
 * @param leaf only entries of the last level of the walk
 * @param tg granule of the entries: 0 any and no range, 1 4KB, 2 16KB, 3 64KB
 * @param ttl level hint 1..3, 0 for none
 * @param ttl128 the hint speaks of 128-bit descriptors
 * @param scale 0..63
 * @param num 0..31
 */
public record InvalidationRange(
    long address, boolean leaf, int tg, int ttl, boolean ttl128, int scale, int num) {

  /** Largest SCALE that takes effect. */
  public static final int MAX_SCALE = 39;

  /** What an address field can express: addresses are 4KB aligned. */
  public static final long UNIT_BYTES = 4096;

  public InvalidationRange {
    CommandFields.fitInPlace(CommandFields.ADDRESS1, address);
    CommandFields.fit(CommandFields.TG1, tg);
    CommandFields.fit(CommandFields.TTL1, ttl);
    CommandFields.fit(CommandFields.SCALE, scale);
    CommandFields.fit(CommandFields.NUM, num);
  }

  /** One address, any granule, no hint. */
  public static InvalidationRange single(long address, boolean leaf) {
    return new InvalidationRange(address, leaf, 0, 0, false, 0, 0);
  }

  static InvalidationRange decode(long word0, long address, long word1) {
    return new InvalidationRange(
        address,
        CommandFields.LEAF1.isSet(word1),
        (int) CommandFields.TG1.get(word1),
        (int) CommandFields.TTL1.get(word1),
        CommandFields.TTL128_1.isSet(word1),
        (int) CommandFields.SCALE.get(word0),
        (int) CommandFields.NUM.get(word0));
  }

  long encodeWord0(long word0) {
    return CommandFields.SCALE.set(CommandFields.NUM.set(word0, num), scale);
  }

  long encodeWord1() {
    long word1 = CommandFields.LEAF1.set(address, leaf ? 1 : 0);
    word1 = CommandFields.TTL128_1.set(word1, ttl128 ? 1 : 0);
    return CommandFields.TG1.set(CommandFields.TTL1.set(word1, ttl), tg);
  }

  /** log2 of the granule in bytes: 12, 14 or 16; empty for "any". */
  public OptionalInt granuleLog2() {
    return tg == 0 ? OptionalInt.empty() : OptionalInt.of(10 + 2 * tg);
  }

  /**
   * The addresses whose entries must go. Without range invalidation, by TG=0 or because {@code
   * rangeInvalidation} (IDR3.RIL) is off and the fields are RES0, that is the 4KB unit of the
   * address, and with it every larger entry that holds it. Else {@code (num+1) * 2^scale} granules
   * from the address, cut at the top of the address space, not wrapped.
   */
  public AddressRange covered(boolean rangeInvalidation) {
    if (tg == 0 || !rangeInvalidation) {
      return AddressRange.of(address, UNIT_BYTES);
    }
    int shift = Math.min(scale, MAX_SCALE) + granuleLog2().orElseThrow();
    return AddressRange.of(address, (num + 1L) << shift);
  }
}
