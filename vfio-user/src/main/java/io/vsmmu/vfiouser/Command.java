package io.vsmmu.vfiouser;

import org.jspecify.annotations.Nullable;

/**
 * The commands of the protocol (QEMU, docs/interop/vfio-user.rst, "Commands"). DIRTY_PAGES is not
 * in version 0.1 any more and is refused.
 */
public enum Command {
  VERSION(1),
  DMA_MAP(2),
  DMA_UNMAP(3),
  DEVICE_GET_INFO(4),
  DEVICE_GET_REGION_INFO(5),
  DEVICE_GET_REGION_IO_FDS(6),
  DEVICE_GET_IRQ_INFO(7),
  DEVICE_SET_IRQS(8),
  REGION_READ(9),
  REGION_WRITE(10),
  DMA_READ(11),
  DMA_WRITE(12),
  DEVICE_RESET(13),
  DIRTY_PAGES(14),
  REGION_WRITE_MULTI(15),
  DEVICE_FEATURE(16),
  MIG_DATA_READ(17),
  MIG_DATA_WRITE(18);

  private static final @Nullable Command[] BY_NUMBER = new @Nullable Command[19];

  static {
    for (Command command : values()) {
      BY_NUMBER[command.number] = command;
    }
  }

  private final int number;

  Command(int number) {
    this.number = number;
  }

  /** The number in the header of a message. */
  public int number() {
    return number;
  }

  /** The command with this number; null when there is none. */
  static @Nullable Command of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
