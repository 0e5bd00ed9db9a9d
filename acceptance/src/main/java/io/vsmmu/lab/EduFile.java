package io.vsmmu.lab;

import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.scripted.guest.Await;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;

/**
 * QEMU's educational device as its VMM has it: an open vfio device file (QEMU, docs/specs/edu.rst;
 * Linux, include/linux/vfio_pci_core.h: a region begins at its index times 2^40).
 */
final class EduFile implements AutoCloseable {

  private static final int OFFSET_SHIFT = 40;
  private static final long CONFIG = 7L << OFFSET_SHIFT;
  private static final long COMMAND = CONFIG + 4;
  private static final short MEMORY_AND_BUS_MASTER = 6;
  private static final long DMA_SOURCE = 0x80;
  private static final long DMA_DESTINATION = 0x88;
  private static final long DMA_COUNT = 0x90;
  private static final long DMA_RUN = 0x98;
  private static final long BUFFER = 0x40000;
  private static final long FROM_RAM = 1;
  private static final long TO_RAM = 3;

  /** A transfer that the SMMU refuses does not end; the caller sees that nothing was copied. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Fd file;

  EduFile(Path file) throws PosixException {
    this.file = DeviceCalls.open(file);
  }

  Fd fd() {
    return file;
  }

  /** Enables memory and bus mastering; the device must be bound to an iommufd before it answers. */
  void enable() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_SHORT, MEMORY_AND_BUS_MASTER);
      check(DeviceCalls.writeAt(file, word, COMMAND));
    }
  }

  /** Copies RAM to RAM by DMA, over a buffer of the device. */
  void copy(long from, long to, int bytes) {
    run(from, BUFFER, bytes, FROM_RAM);
    run(BUFFER, to, bytes, TO_RAM);
  }

  private void run(long source, long destination, int bytes, long direction) {
    set(DMA_SOURCE, source);
    set(DMA_DESTINATION, destination);
    set(DMA_COUNT, bytes);
    set(DMA_RUN, direction);
    Await.within(PATIENCE, PAUSE, () -> (get(DMA_RUN) & 1) == 0);
  }

  private void set(long register, long value) {
    try (Arena arena = Arena.ofConfined()) {
      check(DeviceCalls.writeAt(file, arena.allocateFrom(ValueLayout.JAVA_LONG, value), register));
    }
  }

  private long get(long register) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      check(DeviceCalls.readAt(file, value, register));
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  private static void check(long result) {
    if (result < 0) {
      throw new IllegalStateException("the device's file gives errno " + -result);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
