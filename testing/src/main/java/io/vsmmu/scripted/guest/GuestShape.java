package io.vsmmu.scripted.guest;

/**
 * What a guest asks of its SMMU when it starts, and where it keeps things in its RAM.
 *
 * @param log2Commands log2 of the command queue's entries, 0 to 19
 * @param log2Records log2 of the entries of the event queue and the PRI queue, 0 to 19
 * @param twoLevel whether the Stream table has two levels
 * @param commands guest-physical address of the command queue
 * @param records guest-physical address of the event queue
 * @param interrupts guest-physical address of the MSIs, {@link #MSI_STRIDE} bytes each: GERROR,
 *     event queue, PRI queue
 */
public record GuestShape(
    int log2Commands,
    int log2Records,
    boolean twoLevel,
    long commands,
    long records,
    long interrupts) {

  /** Address of the first byte of RAM. */
  public static final long RAM = 0x4000_0000L;

  /** Bytes of RAM: room for queues of every size. */
  public static final long RAM_BYTES = 0x400_0000;

  /** Address of the PRI queue. */
  public static final long PAGE_REQUESTS = RAM + 0x300_0000;

  /** Where the Stream table is, and its second level. */
  public static final long STREAM_TABLE = RAM + 0x10_0000;

  /** Bytes from one MSI address to the next. */
  public static final int MSI_STRIDE = 16;

  /** What Linux does, with smaller queues. */
  public static final GuestShape LINUX =
      new GuestShape(8, 7, true, RAM + 0x100_0000, RAM + 0x200_0000, RAM + 0x1000);

  public GuestShape withLog2Commands(int log2Size) {
    return new GuestShape(log2Size, log2Records, twoLevel, commands, records, interrupts);
  }

  public GuestShape withLog2Records(int log2Size) {
    return new GuestShape(log2Commands, log2Size, twoLevel, commands, records, interrupts);
  }

  public GuestShape linear() {
    return new GuestShape(log2Commands, log2Records, false, commands, records, interrupts);
  }

  public GuestShape withCommandsAt(long address) {
    return new GuestShape(log2Commands, log2Records, twoLevel, address, records, interrupts);
  }

  public GuestShape withRecordsAt(long address) {
    return new GuestShape(log2Commands, log2Records, twoLevel, commands, address, interrupts);
  }

  public GuestShape withInterruptsAt(long address) {
    return new GuestShape(log2Commands, log2Records, twoLevel, commands, records, address);
  }
}
