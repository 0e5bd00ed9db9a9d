package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.Layout.DeviceInfo;
import io.vsmmu.vfiouser.Layout.IrqInfo;
import io.vsmmu.vfiouser.Layout.RegionInfo;
import io.vsmmu.vfiouser.pci.ConfigSpace;
import java.nio.ByteBuffer;

/**
 * What a VMM is told about the device: regions and interrupts as linux/vfio.h numbers those of a
 * PCI device.
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

  /** Bytes of a region; 0 for one that we do not have. */
  static long regionBytes(long index, PciFunction function) {
    if (index == REGION_BAR0) {
      return function.barBytes();
    }
    if (index == REGION_ROM) {
      return function.romBytes();
    }
    return index == REGION_CONFIG ? ConfigSpace.BYTES : 0;
  }

  private static int regionFlags(int index, long bytes) {
    if (bytes == 0) {
      return 0;
    }
    return index == REGION_ROM ? RegionInfo.READ : RegionInfo.READ | RegionInfo.WRITE;
  }

  /** Interrupts of a kind; 0 for kinds that we do not have or that do not exist. */
  static int interrupts(long index) {
    return index == IRQ_INTX ? 1 : 0;
  }

  static void device(Reply reply) {
    ByteBuffer body = reply.body(DeviceInfo.BYTES);
    DeviceInfo.ARGSZ.put(body, Reply.BODY, DeviceInfo.BYTES);
    DeviceInfo.FLAGS.put(body, Reply.BODY, DeviceInfo.RESET | DeviceInfo.PCI);
    DeviceInfo.REGIONS.put(body, Reply.BODY, REGIONS);
    DeviceInfo.IRQS.put(body, Reply.BODY, IRQ_KINDS);
  }

  static void region(int index, PciFunction function, Reply reply) {
    long bytes = regionBytes(index, function);
    ByteBuffer body = reply.body(RegionInfo.BYTES);
    RegionInfo.ARGSZ.put(body, Reply.BODY, RegionInfo.BYTES);
    RegionInfo.FLAGS.put(body, Reply.BODY, regionFlags(index, bytes));
    RegionInfo.INDEX.put(body, Reply.BODY, index);
    RegionInfo.SIZE.put(body, Reply.BODY, bytes);
  }

  static void irqs(int index, Reply reply) {
    int count = interrupts(index);
    int flags = IrqInfo.EVENTFD | IrqInfo.MASKABLE | IrqInfo.AUTOMASKED;
    ByteBuffer body = reply.body(IrqInfo.BYTES);
    IrqInfo.ARGSZ.put(body, Reply.BODY, IrqInfo.BYTES);
    IrqInfo.FLAGS.put(body, Reply.BODY, count == 0 ? 0 : flags);
    IrqInfo.INDEX.put(body, Reply.BODY, index);
    IrqInfo.COUNT.put(body, Reply.BODY, count);
  }
}
