package io.vsmmu.host.kernel;

import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.DeviceCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.LockSupport;

/** QEMU's educational device: does DMA on command (QEMU, docs/specs/edu.rst). */
public final class EduDevice {

  private static final String VENDOR = "0x1234";
  private static final String DEVICE = "0x11e8";

  private static final long COMMAND = 4;
  private static final short MEMORY_AND_BUS_MASTER = 0b110;

  private static final long DMA_SOURCE = 0x80;
  private static final long DMA_DESTINATION = 0x88;
  private static final long DMA_COUNT = 0x90;
  private static final long DMA_COMMAND = 0x98;
  private static final long BUFFER = 0x40000;
  private static final long RUN_FROM_RAM = 1;
  private static final long RUN_TO_RAM = 3;
  private static final long RUNNING = 1;

  /** The device needs 100 ms for a DMA (QEMU, hw/misc/edu.c). */
  private static final long MOST_NANOS = 4_000_000_000L;

  private static final long POLL_NANOS = 10_000_000;

  private final VfioDevice file;
  private final VfioDevice.Region registers;

  public EduDevice(VfioDevice file) {
    this.file = file;
    this.registers = file.region(UapiConstants.VFIO_PCI_BAR0_REGION_INDEX).value();
    enable(file);
  }

  /** Enables memory space and bus mastering of any PCI device, so that it can do DMA. */
  static void enable(VfioDevice file) {
    VfioDevice.Region config = file.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX).value();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment command = arena.allocate(ValueLayout.JAVA_SHORT);
      file.read(config, COMMAND, command).value();
      short old = command.get(ValueLayout.JAVA_SHORT, 0);
      command.set(ValueLayout.JAVA_SHORT, 0, (short) (old | MEMORY_AND_BUS_MASTER));
      write(file, config, COMMAND, command);
    }
  }

  /** Whether the device at this address is an educational device. */
  public static boolean is(HostPaths paths, String address) {
    return id(paths, address, "vendor").equals(VENDOR)
        && id(paths, address, "device").equals(DEVICE);
  }

  private static String id(HostPaths paths, String address, String file) {
    return TextFile.read(paths.pciDevices().resolve(address).resolve(file)).orElse("");
  }

  /** Reads RAM at an IOVA by DMA and waits until the DMA has ended, with or without success. */
  public void readRam(long iova, int bytes) throws InterruptedException {
    run(iova, BUFFER, bytes, RUN_FROM_RAM);
  }

  /** Writes the bytes that were read last to an IOVA by DMA, and waits as {@link #readRam}. */
  public void writeRam(long iova, int bytes) throws InterruptedException {
    run(BUFFER, iova, bytes, RUN_TO_RAM);
  }

  private void run(long source, long destination, int bytes, long command)
      throws InterruptedException {
    set(DMA_SOURCE, source);
    set(DMA_DESTINATION, destination);
    set(DMA_COUNT, bytes);
    set(DMA_COMMAND, command);
    long end = System.nanoTime() + MOST_NANOS;
    while ((get(DMA_COMMAND) & RUNNING) != 0 && end - System.nanoTime() > 0) {
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void set(long register, long value) {
    try (Arena arena = Arena.ofConfined()) {
      write(file, registers, register, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
    }
  }

  /** pwrite(2) into a region, as the guest's driver does through its VMM. */
  private static void write(
      VfioDevice file, VfioDevice.Region region, long at, MemorySegment from) {
    if (DeviceCalls.writeAt(file.fd(), from, region.offset() + at) != from.byteSize()) {
      throw new IllegalStateException("region at %#x: not written".formatted(region.offset() + at));
    }
  }

  private long get(long register) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      file.read(registers, register, value).value();
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }
}
