package io.vsmmu.host.kernel;

import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VfioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

  private static final int LOOKS = 400;
  private static final int MILLIS_BETWEEN_LOOKS = 10;

  private final VfioDevice file;
  private final VfioDevice.Region registers;

  public EduDevice(VfioDevice file) {
    this.file = file;
    this.registers = file.region(UapiConstants.VFIO_PCI_BAR0_REGION_INDEX).value();
    enable(file);
  }

  /** Lets any PCI device do DMA. */
  static void enable(VfioDevice file) {
    VfioDevice.Region config = file.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX).value();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment command = arena.allocate(ValueLayout.JAVA_SHORT);
      file.read(config, COMMAND, command).value();
      short old = command.get(ValueLayout.JAVA_SHORT, 0);
      command.set(ValueLayout.JAVA_SHORT, 0, (short) (old | MEMORY_AND_BUS_MASTER));
      file.write(config, COMMAND, command).value();
    }
  }

  /** Whether the device at this address is one. */
  public static boolean is(HostPaths paths, String address) {
    return id(paths, address, "vendor").equals(VENDOR)
        && id(paths, address, "device").equals(DEVICE);
  }

  private static String id(HostPaths paths, String address, String file) {
    return TextFile.read(paths.pciDevices().resolve(address).resolve(file)).orElse("");
  }

  /** Reads RAM at an IOVA by DMA and waits for the end of it, whether it arrives or not. */
  public void readRam(long iova, int bytes) throws InterruptedException {
    run(iova, BUFFER, bytes, RUN_FROM_RAM);
  }

  /** Writes what was read last to an IOVA by DMA, likewise. */
  public void writeRam(long iova, int bytes) throws InterruptedException {
    run(BUFFER, iova, bytes, RUN_TO_RAM);
  }

  private void run(long source, long destination, int bytes, long command)
      throws InterruptedException {
    set(DMA_SOURCE, source);
    set(DMA_DESTINATION, destination);
    set(DMA_COUNT, bytes);
    set(DMA_COMMAND, command);
    for (int i = 0; i < LOOKS && (get(DMA_COMMAND) & RUNNING) != 0; i++) {
      Thread.sleep(MILLIS_BETWEEN_LOOKS);
    }
  }

  private void set(long register, long value) {
    try (Arena arena = Arena.ofConfined()) {
      file.write(registers, register, arena.allocateFrom(ValueLayout.JAVA_LONG, value)).value();
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
