package io.vsmmu.gateway.pci;

import java.nio.ByteBuffer;

/**
 * The configuration space of a PCI function with one 64-bit memory BAR, INTx on pin A and no
 * capabilities. Accesses come from one thread at a time; the three switches may be read, and the
 * interrupt status set, by any thread.
 */
public final class ConfigSpace {

  /** Bytes of the whole space (PCI Express extended configuration space included). */
  public static final int BYTES = 4096;

  static final int MEMORY_SPACE = 1 << 1;
  static final int BUS_MASTER = 1 << 2;
  static final int INTX_DISABLE = 1 << 10;
  static final int INTERRUPT_STATUS = 1 << 3;

  private static final long SMALLEST_BAR = 16;

  private final byte[] values = new byte[BYTES];
  private final byte[] writable = new byte[BYTES];
  private volatile int command;
  private volatile boolean interruptStatus;

  /**
   * @param barBytes size of BAR0, a power of two of at least 16
   * @throws IllegalArgumentException when it is not
   */
  public ConfigSpace(long barBytes) {
    if (barBytes < SMALLEST_BAR || Long.bitCount(barBytes) != 1) {
      throw new IllegalArgumentException("the size of a BAR is a power of two: " + barBytes);
    }
    for (ConfigRegister register : ConfigRegister.values()) {
      put(writable, register, register.writable());
    }
    put(writable, ConfigRegister.BAR0, -barBytes);
    reset();
  }

  /** Back to what the function shows after power-on. */
  public void reset() {
    for (ConfigRegister register : ConfigRegister.values()) {
      put(values, register, register.initial());
    }
    interruptStatus = false;
    command = 0;
  }

  /** Whether {@code [offset, offset + count)} lies within the space; both unsigned. */
  public static boolean contains(long offset, int count) {
    return offset >= 0 && count >= 0 && offset <= BYTES && count <= BYTES - offset;
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
   * Writes {@code count} bytes of {@code from}, from index {@code at}; read-only bits stay.
   *
   * @throws IndexOutOfBoundsException when the space has no such bytes
   */
  public void write(int offset, int count, ByteBuffer from, int at) {
    for (int i = 0; i < count; i++) {
      int mask = writable[offset + i];
      values[offset + i] = (byte) ((values[offset + i] & ~mask) | (from.get(at + i) & mask));
    }
    command = get(ConfigRegister.COMMAND);
  }

  /** Whether the guest lets the function read and write memory. */
  public boolean busMaster() {
    return (command & BUS_MASTER) != 0;
  }

  /** Whether BAR0 answers. */
  public boolean memorySpace() {
    return (command & MEMORY_SPACE) != 0;
  }

  /** Whether the guest forbids INTx. */
  public boolean interruptDisabled() {
    return (command & INTX_DISABLE) != 0;
  }

  /** Shows in the status register whether an interrupt waits to be looked after. */
  public void interruptStatus(boolean asserted) {
    interruptStatus = asserted;
  }

  private byte byteAt(int offset) {
    boolean asserted = interruptStatus && offset == ConfigRegister.STATUS.offset();
    return asserted ? (byte) (values[offset] | INTERRUPT_STATUS) : values[offset];
  }

  private int get(ConfigRegister register) {
    return (values[register.offset()] & 0xFF) | (values[register.offset() + 1] & 0xFF) << 8;
  }

  private static void put(byte[] bytes, ConfigRegister register, long value) {
    for (int i = 0; i < register.bytes(); i++) {
      bytes[register.offset() + i] = (byte) (value >>> (8 * i));
    }
  }
}
