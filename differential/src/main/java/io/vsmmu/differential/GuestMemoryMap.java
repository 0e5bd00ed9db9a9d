package io.vsmmu.differential;

/** The guest-physical addresses of registers, RAM and the structures in it, on both machines. */
final class GuestMemoryMap {

  /** The register frame of QEMU's machine {@code virt}. */
  static final long FRAME = 0x0905_0000L;

  /** RAM of the machine {@code virt}. */
  static final long RAM = 0x4000_0000L;

  static final long RAM_BYTES = 32L << 20;

  /** The part of RAM that programs use; QEMU's device tree is below it. */
  static final long ARENA = RAM + (16L << 20);

  static final long ARENA_BYTES = 1L << 20;

  static final long COMMANDS = ARENA;

  static final long EVENTS = ARENA + 0x4_0000;

  /** Stream tables of either format. */
  static final long STREAM_TABLE = ARENA + 0x8_0000;

  /** Second levels of Stream tables. */
  static final long STREAM_TABLE_2 = ARENA + 0xA_0000;

  static final long CONTEXTS = ARENA + 0xB_0000;

  /** Translation tables: one level 1, one level 2, one level 3, each a page. */
  static final long TRANSLATION_TABLES = ARENA + 0xC_0000;

  /** The address to which devices write. */
  static final long TARGET = ARENA + 0xD_0000;

  /** The address to which {@link #TRANSLATION_TABLES} translate {@link #TARGET}. */
  static final long TRANSLATED_TARGET = ARENA + 0xE_0000;

  /** An address at which neither machine has memory or a device. */
  static final long NOWHERE = 0x80_0000_0000L - 0x1000_0000L;

  static final int PAGE = 4096;

  /** Redistributors, configuration space and the first window of PCI above 4 GiB. */
  private static final long HIGH_DEVICES = 0x40_0000_0000L;

  private static final long HIGH_DEVICES_END = 0x40_2000_0000L;
  private static final long PCI_WINDOW = 0x80_0000_0000L;
  private static final long PCI_WINDOW_END = 0x100_0000_0000L;

  private GuestMemoryMap() {}

  /** Whether QEMU's machine {@code virt} can have a device or flash at an address outside RAM. */
  static boolean amongDevices(long address) {
    return (address >= 0 && address < RAM)
        || (address >= HIGH_DEVICES && address < HIGH_DEVICES_END)
        || (address >= PCI_WINDOW && address < PCI_WINDOW_END);
  }

  static boolean inRam(long address, long bytes) {
    return address >= RAM && bytes >= 0 && address - RAM <= RAM_BYTES - bytes;
  }
}
