package io.vsmmu.gateway.pci;

/**
 * A register of the type 0 header with a value of its own or writable bits; all other bytes are 0
 * and read-only. Source: PCI Local Bus Specification 3.0, chapter 6.
 */
enum ConfigRegister {
  VENDOR_ID(0x00, 2, Identity.VENDOR, 0),
  DEVICE_ID(0x02, 2, Identity.DEVICE, 0),
  COMMAND(0x04, 2, 0, ConfigSpace.MEMORY_SPACE | ConfigSpace.BUS_MASTER | ConfigSpace.INTX_DISABLE),
  STATUS(0x06, 2, 0, 0),
  REVISION_ID(0x08, 1, Identity.REVISION, 0),
  PROGRAMMING_INTERFACE(0x09, 1, 0, 0),
  SUB_CLASS(0x0A, 1, Identity.SUB_CLASS_IOMMU, 0),
  BASE_CLASS(0x0B, 1, Identity.BASE_CLASS_SYSTEM, 0),
  BAR0(0x10, 8, Identity.MEMORY_64_BIT, 0),
  SUBSYSTEM_VENDOR_ID(0x2C, 2, Identity.VENDOR, 0),
  SUBSYSTEM_ID(0x2E, 2, Identity.DEVICE, 0),
  INTERRUPT_LINE(0x3C, 1, 0, 0xFF),
  INTERRUPT_PIN(0x3D, 1, Identity.PIN_A, 0);

  private final int offset;
  private final int bytes;
  private final long initial;
  private final long writable;

  ConfigRegister(int offset, int bytes, long initial, long writable) {
    this.offset = offset;
    this.bytes = bytes;
    this.initial = initial;
    this.writable = writable;
  }

  int offset() {
    return offset;
  }

  int bytes() {
    return bytes;
  }

  long initial() {
    return initial;
  }

  /** Bits that a write changes; those of BAR0 follow from its size. */
  long writable() {
    return writable;
  }

  /** Who we say that we are. */
  private static final class Identity {

    /**
     * 0x1234 was never given to anybody by the PCI-SIG and is what emulated teaching devices use,
     * no driver binds to the pair with 0x0806, and so no real device is impersonated; the range
     * that exists for experiments (1af4:10f0 to 10ff) is out because the virtio driver of a Linux
     * guest probes all of 1af4 and switches bus mastering off when it declines.
     */
    static final int VENDOR = 0x1234;

    static final int DEVICE = 0x0806;
    static final int REVISION = 1;
    static final int BASE_CLASS_SYSTEM = 0x08;
    static final int SUB_CLASS_IOMMU = 0x06;
    static final int MEMORY_64_BIT = 0x4;
    static final int PIN_A = 1;
  }
}
