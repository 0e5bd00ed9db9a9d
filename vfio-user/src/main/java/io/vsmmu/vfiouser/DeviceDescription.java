package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.MessageLayout.DeviceInfo;
import io.vsmmu.vfiouser.MessageLayout.IrqInfo;
import io.vsmmu.vfiouser.MessageLayout.RegionInfo;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.nio.ByteBuffer;

/**
 * The replies that describe the device: regions and interrupts as include/uapi/linux/vfio.h numbers
 * those of a PCI device.
 */
final class DeviceDescription {

  static final int REGION_BAR0 = 0;
  static final int REGION_ROM = 6;
  static final int REGION_CONFIG = 7;

  /** BAR0 to BAR5, ROM, configuration space, VGA. */
  static final int REGIONS = 9;

  static final int IRQ_INTX = 0;

  /** INTx, MSI, MSI-X, error, request. */
  static final int IRQ_KINDS = 5;

  private DeviceDescription() {}

  /** The size of a region in bytes; 0 for a region that the function does not have. */
  static long regionBytes(long index, PciFunction function) {
    if (index == REGION_BAR0) {
      return function.barBytes();
    }
    if (index == REGION_ROM) {
      return function.romBytes();
    }
    return index == REGION_CONFIG ? EmulatedConfigSpace.BYTES : 0;
  }

  private static int regionFlags(int index, long bytes) {
    if (bytes == 0) {
      return 0;
    }
    return index == REGION_ROM ? RegionInfo.READ : RegionInfo.READ | RegionInfo.WRITE;
  }

  /** The number of interrupts of a kind; 0 for a kind that the function does not have. */
  static int interrupts(long index) {
    return index == IRQ_INTX ? 1 : 0;
  }

  static void device(ReplyMessage reply) {
    ByteBuffer body = reply.body(DeviceInfo.BYTES);
    DeviceInfo.ARGSZ.put(body, ReplyMessage.BODY, DeviceInfo.BYTES);
    DeviceInfo.FLAGS.put(body, ReplyMessage.BODY, DeviceInfo.RESET | DeviceInfo.PCI);
    DeviceInfo.REGIONS.put(body, ReplyMessage.BODY, REGIONS);
    DeviceInfo.IRQS.put(body, ReplyMessage.BODY, IRQ_KINDS);
  }

  static void region(int index, PciFunction function, ReplyMessage reply) {
    long bytes = regionBytes(index, function);
    ByteBuffer body = reply.body(RegionInfo.BYTES);
    RegionInfo.ARGSZ.put(body, ReplyMessage.BODY, RegionInfo.BYTES);
    RegionInfo.FLAGS.put(body, ReplyMessage.BODY, regionFlags(index, bytes));
    RegionInfo.INDEX.put(body, ReplyMessage.BODY, index);
    RegionInfo.SIZE.put(body, ReplyMessage.BODY, bytes);
  }

  static void irqs(int index, ReplyMessage reply) {
    int count = interrupts(index);
    int flags = IrqInfo.EVENTFD | IrqInfo.MASKABLE | IrqInfo.AUTOMASKED;
    ByteBuffer body = reply.body(IrqInfo.BYTES);
    IrqInfo.ARGSZ.put(body, ReplyMessage.BODY, IrqInfo.BYTES);
    IrqInfo.FLAGS.put(body, ReplyMessage.BODY, count == 0 ? 0 : flags);
    IrqInfo.INDEX.put(body, ReplyMessage.BODY, index);
    IrqInfo.COUNT.put(body, ReplyMessage.BODY, count);
  }
}
