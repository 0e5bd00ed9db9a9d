package io.vsmmu.lab;

import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.RamView;

/**
 * A context descriptor (IHI 0070, 5.4) and a translation table of blocks of 2 MiB (DDI 0487,
 * VMSAv8-64, 4 KiB granule, 39 bits of input) in a guest's RAM.
 */
final class Stage1 {

  /** Where the context descriptor is. */
  static final long CONTEXTS = GuestShape.RAM + 0x3F0_0000;

  /** Bytes that one block of level 2 maps with the 4 KiB granule. */
  static final long BLOCK = 2L << 20;

  private static final long LEVEL_1 = CONTEXTS + 0x1000;
  private static final long LEVEL_2 = CONTEXTS + 0x2000;
  private static final long T0SZ_39_BITS = 25;
  private static final long CACHEABLE_INNER_SHARED = 1L << 8 | 1L << 10 | 3L << 12;
  private static final long EPD1 = 1L << 30;
  private static final long VALID = 1L << 31;
  private static final long IPS_44_BITS = 4L << 32;
  private static final long AARCH64_RECORD_ABORT_ASET = 1L << 41 | 1L << 45 | 1L << 46 | 1L << 47;
  private static final long ASID_1 = 1L << 48;
  private static final long TABLE = 3;
  private static final long BLOCK_RW = 1 | 1L << 6 | 3L << 8 | 1L << 10;
  private static final long WRITE_BACK = 0xFF;

  private final RamView ram;

  Stage1(RamView ram) {
    this.ram = ram;
    long word0 =
        T0SZ_39_BITS
            | CACHEABLE_INNER_SHARED
            | EPD1
            | VALID
            | IPS_44_BITS
            | AARCH64_RECORD_ABORT_ASET
            | ASID_1;
    ram.writeLong(CONTEXTS, word0);
    ram.writeLong(CONTEXTS + 8, LEVEL_1);
    ram.writeLong(CONTEXTS + 24, WRITE_BACK);
    ram.writeLong(LEVEL_1, LEVEL_2 | TABLE);
  }

  /** Maps a block of the first GiB of IOVA, or nothing with address 0. */
  void map(long iova, long address) {
    ram.writeLong(LEVEL_2 + iova / BLOCK * Long.BYTES, address == 0 ? 0 : address | BLOCK_RW);
  }
}
