package io.vsmmu.vfiouser.pci;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The configuration space of a PCI function with one 64-bit memory BAR, optionally an expansion
 * ROM, INTx on pin A and no capabilities. {@link #read}, {@link #write} and {@link #reset} are
 * called by one thread at a time; all other methods by any.
 */
public final class EmulatedConfigSpace {

  /** The size in bytes, with the extended configuration space of PCI Express. */
  public static final int BYTES = 4096;

  static final int MEMORY_SPACE = 1 << 1;
  static final int BUS_MASTER = 1 << 2;
  static final int INTX_DISABLE = 1 << 10;
  static final int INTERRUPT_STATUS = 1 << 3;

  /** Bits 3 to 0 of BAR0: memory, 64 bits wide, not prefetchable. */
  static final int MEMORY_64_BIT = 0x4;

  static final int PIN_A = 1;

  private static final long SMALLEST_BAR = 16;

  /** Bits 10 to 1 of the expansion ROM base address register are reserved, bit 0 enables it. */
  private static final long SMALLEST_ROM = 2048;

  private static final long ROM_ENABLE = 1;

  private final byte[] values = new byte[BYTES];
  private final byte[] writable = new byte[BYTES];
  private volatile int command;
  private volatile boolean mayAccessMemory;
  private volatile boolean interruptStatus;
  private volatile long bar;

  /**
   * @param barBytes size of BAR0, a power of two of at least 16
   * @param romBytes size of the expansion ROM, a power of two of at least 2048; 0 for none
   * @throws IllegalArgumentException when a size is not allowed
   */
  public EmulatedConfigSpace(long barBytes, int romBytes) {
    if (barBytes < SMALLEST_BAR || Long.bitCount(barBytes) != 1) {
      throw new IllegalArgumentException("the size of a BAR is a power of two: " + barBytes);
    }
    checkRom(romBytes);
    for (ConfigRegister register : ConfigRegister.values()) {
      put(writable, register, register.writable());
    }
    put(writable, ConfigRegister.BAR0, -barBytes);
    put(writable, ConfigRegister.EXPANSION_ROM, romBytes == 0 ? 0 : -romBytes | ROM_ENABLE);
    reset();
  }

  /**
   * Whether an expansion ROM may have this size in bytes: a power of two of at least 2048, or 0 for
   * none.
   *
   * @throws IllegalArgumentException when it must not
   */
  public static void checkRom(int bytes) {
    if (bytes != 0 && (bytes < SMALLEST_ROM || Integer.bitCount(bytes) != 1)) {
      throw new IllegalArgumentException("the size of a ROM is a power of two: " + bytes);
    }
  }

  /** Resets all registers to their values after power-on. */
  public void reset() {
    for (ConfigRegister register : ConfigRegister.values()) {
      put(values, register, register.initial());
    }
    interruptStatus = false;
    command = 0;
    mayAccessMemory = false;
    bar = 0;
  }

  /**
   * Copies {@code count} bytes from {@code offset} to {@code into}, from index {@code at}.
   *
   * @throws IndexOutOfBoundsException when the space has no such bytes
   */
  public void read(int offset, int count, ByteBuffer into, int at) {
    for (int i = 0; i < count; i++) {
      into.put(at + i, byteAt(offset + i));
    }
  }

  /**
   * Writes {@code count} bytes of {@code from}, from index {@code at}; read-only bits are
   * unchanged.
   *
   * @throws IndexOutOfBoundsException when the space has no such bytes
   */
  public void write(int offset, int count, ByteBuffer from, int at) {
    for (int i = 0; i < count; i++) {
      int mask = writable[offset + i];
      values[offset + i] = (byte) ((values[offset + i] & ~mask) | (from.get(at + i) & mask));
    }
    command = (int) get(ConfigRegister.COMMAND);
    mayAccessMemory |= (command & BUS_MASTER) != 0;
    bar = get(ConfigRegister.BAR0) & writableBits(ConfigRegister.BAR0);
  }

  /**
   * Whether the function may read and write guest memory: bus mastering was enabled since the last
   * reset. Disabling it afterwards changes nothing, because Linux disables it for every function
   * before it starts another kernel by kexec (drivers/pci/pci-driver.c, pci_device_shutdown). No
   * driver binds to the function that would enable it again, and the new kernel could not use its
   * SMMU.
   */
  public boolean mayAccessMemory() {
    return mayAccessMemory;
  }

  /** Whether the function decodes memory: BAR0 responds to accesses. */
  boolean memorySpace() {
    return (command & MEMORY_SPACE) != 0;
  }

  /**
   * The address of BAR0 on the PCI bus, as firmware or the guest wrote it. Empty while memory
   * decoding is disabled, as it is while the guest probes the size of the BAR.
   */
  public OptionalLong barAddress() {
    long address = bar;
    return memorySpace() && address != 0 ? OptionalLong.of(address) : OptionalLong.empty();
  }

  /** Whether the guest has disabled INTx. */
  public boolean interruptDisabled() {
    return (command & INTX_DISABLE) != 0;
  }

  /** Sets the interrupt status bit of the status register. */
  public void interruptStatus(boolean asserted) {
    interruptStatus = asserted;
  }

  private byte byteAt(int offset) {
    boolean asserted = interruptStatus && offset == ConfigRegister.STATUS.offset();
    return asserted ? (byte) (values[offset] | INTERRUPT_STATUS) : values[offset];
  }

  private long get(ConfigRegister register) {
    return get(values, register);
  }

  private long writableBits(ConfigRegister register) {
    return get(writable, register);
  }

  private static long get(byte[] bytes, ConfigRegister register) {
    long value = 0;
    for (int i = 0; i < register.bytes(); i++) {
      value |= (bytes[register.offset() + i] & 0xFFL) << (8 * i);
    }
    return value;
  }

  private static void put(byte[] bytes, ConfigRegister register, long value) {
    for (int i = 0; i < register.bytes(); i++) {
      bytes[register.offset() + i] = (byte) (value >>> (8 * i));
    }
  }
}
