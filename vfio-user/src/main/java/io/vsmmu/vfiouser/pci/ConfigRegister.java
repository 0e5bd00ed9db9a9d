package io.vsmmu.vfiouser.pci;

/**
 * The registers of the type 0 header that have an initial value or writable bits; all other bytes
 * are 0 and read-only (PCI Local Bus Specification 3.0, chapter 6).
 */
enum ConfigRegister {
  VENDOR_ID(0x00, 2, PciIdentity.VENDOR, 0),
  DEVICE_ID(0x02, 2, PciIdentity.DEVICE, 0),
  COMMAND(
      0x04,
      2,
      0,
      EmulatedConfigSpace.MEMORY_SPACE
          | EmulatedConfigSpace.BUS_MASTER
          | EmulatedConfigSpace.INTX_DISABLE),
  STATUS(0x06, 2, 0, 0),
  REVISION_ID(0x08, 1, PciIdentity.REVISION, 0),
  CLASS_CODE(0x09, 3, PciIdentity.CLASS_CODE, 0),
  BAR0(0x10, 8, EmulatedConfigSpace.MEMORY_64_BIT, 0),
  SUBSYSTEM_VENDOR_ID(0x2C, 2, PciIdentity.VENDOR, 0),
  SUBSYSTEM_ID(0x2E, 2, PciIdentity.DEVICE, 0),
  EXPANSION_ROM(0x30, 4, 0, 0),
  INTERRUPT_LINE(0x3C, 1, 0, 0xFF),
  INTERRUPT_PIN(0x3D, 1, EmulatedConfigSpace.PIN_A, 0);

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

  /** The writable bits. Those of BAR0 and of the expansion ROM follow from their sizes. */
  long writable() {
    return writable;
  }
}
