package io.vsmmu.vfiouser;

/**
 * The structures of the protocol. Sources: QEMU docs/interop/vfio-user.rst and, for flags, the
 * kernel's linux/vfio.h.
 */
final class MessageLayout {

  private MessageLayout() {}

  /** The header of every message, 16 bytes. */
  static final class Header {
    static final Field ID = new Field(0, 2);
    static final Field COMMAND = new Field(2, 2);

    /** The size of the message in bytes, header included. */
    static final Field SIZE = new Field(4, 4);

    static final Field FLAGS = new Field(8, 4);
    static final Field ERRNO = new Field(12, 4);
    static final int BYTES = 16;

    static final int TYPE_MASK = 0xF;
    static final int REQUEST = 0x0;
    static final int REPLY = 0x1;
    static final int NO_REPLY = 0x10;
    static final int ERROR = 0x20;

    private Header() {}
  }

  /** VERSION, both ways. Followed by JSON and a NUL, or by nothing. */
  static final class Version {
    static final Field MAJOR = new Field(0, 2);
    static final Field MINOR = new Field(2, 2);
    static final int BYTES = 4;

    private Version() {}
  }

  /** DMA_MAP. Sent with a descriptor of the memory, or without one. */
  static final class DmaMap {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field OFFSET = new Field(8, 8);
    static final Field ADDRESS = new Field(16, 8);
    static final Field SIZE = new Field(24, 8);
    static final int BYTES = 32;

    static final int READABLE = 0x1;
    static final int WRITABLE = 0x2;

    private DmaMap() {}
  }

  /** The body of DMA_UNMAP, in requests and replies. */
  static final class DmaUnmap {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field ADDRESS = new Field(8, 8);
    static final Field SIZE = new Field(16, 8);
    static final int BYTES = 24;

    static final int DIRTY_BITMAP = 0x1;
    static final int ALL = 0x2;

    private DmaUnmap() {}
  }

  /** The body of DEVICE_GET_INFO, in requests and replies. */
  static final class DeviceInfo {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field REGIONS = new Field(8, 4);
    static final Field IRQS = new Field(12, 4);
    static final int BYTES = 16;

    static final int RESET = 0x1;
    static final int PCI = 0x2;

    private DeviceInfo() {}
  }

  /** DEVICE_GET_REGION_INFO, both ways. */
  static final class RegionInfo {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field INDEX = new Field(8, 4);
    static final Field CAP_OFFSET = new Field(12, 4);
    static final Field SIZE = new Field(16, 8);
    static final Field OFFSET = new Field(24, 8);
    static final int BYTES = 32;

    /** The size of a request in bytes: up to the index. */
    static final int REQUEST_BYTES = 12;

    static final int READ = 0x1;
    static final int WRITE = 0x2;

    private RegionInfo() {}
  }

  /** DEVICE_GET_IRQ_INFO, both ways. */
  static final class IrqInfo {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field INDEX = new Field(8, 4);
    static final Field COUNT = new Field(12, 4);
    static final int BYTES = 16;

    /** The size of a request in bytes: up to the index. */
    static final int REQUEST_BYTES = 12;

    static final int EVENTFD = 0x1;
    static final int MASKABLE = 0x2;
    static final int AUTOMASKED = 0x4;

    private IrqInfo() {}
  }

  /** DEVICE_SET_IRQS. With {@link #DATA_BOOL} followed by one byte for each interrupt. */
  static final class IrqSet {
    static final Field ARGSZ = new Field(0, 4);
    static final Field FLAGS = new Field(4, 4);
    static final Field INDEX = new Field(8, 4);
    static final Field START = new Field(12, 4);
    static final Field COUNT = new Field(16, 4);
    static final int BYTES = 20;

    static final int DATA_NONE = 0x1;
    static final int DATA_BOOL = 0x2;
    static final int DATA_EVENTFD = 0x4;
    static final int DATA_MASK = 0x7;
    static final int ACTION_MASK = 0x8;
    static final int ACTION_UNMASK = 0x10;
    static final int ACTION_TRIGGER = 0x20;
    static final int ACTIONS_MASK = 0x38;

    private IrqSet() {}
  }

  /**
   * REGION_READ and REGION_WRITE, both ways. The reply to a read and the request of a write are
   * followed by data; an entry of REGION_WRITE_MULTI is such a write with 8 bytes of data.
   */
  static final class Access {
    static final Field OFFSET = new Field(0, 8);
    static final Field REGION = new Field(8, 4);
    static final Field COUNT = new Field(12, 4);
    static final int BYTES = 16;

    private Access() {}
  }

  /** REGION_WRITE_MULTI. The reply contains the count only. */
  static final class WriteMulti {
    static final Field COUNT = new Field(0, 8);
    static final int BYTES = 8;
    static final int ENTRY_DATA = 8;
    static final int ENTRY_BYTES = Access.BYTES + ENTRY_DATA;

    private WriteMulti() {}
  }

  /**
   * DMA_READ and DMA_WRITE, both ways. The reply to a read and the request of a write have data.
   */
  static final class Dma {
    static final Field ADDRESS = new Field(0, 8);
    static final Field COUNT = new Field(8, 8);

    /** The count in the reply to a DMA_WRITE, of which some clients send 4 bytes. */
    static final Field SHORT_COUNT = new Field(8, 4);

    static final int BYTES = 16;
    static final int SHORT_BYTES = 12;

    private Dma() {}
  }

  /** The body of DEVICE_FEATURE, in requests and replies. */
  static final class Feature {
    static final int BYTES = 8;

    private Feature() {}
  }
}
