package io.vsmmu.host.simulated;

import io.vsmmu.host.ConfigSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The configuration space of a simulated device as VFIO shows it. It has AER, and ATS and PASID
 * where the topology says so. As VFIO does, the list of capabilities skips PASID, whose bytes can
 * still be read at their offset (drivers/vfio/pci/vfio_pci_config.c, vfio_ecap_init and
 * unassigned_perms).
 */
final class SimulatedConfigSpace {

  private static final int VENDOR_AND_DEVICE = 0x0001_1b36;
  private static final int STATUS = 0x06;
  private static final short CAPABILITY_LIST = 1 << 4;
  private static final int CAPABILITIES_POINTER = 0x34;
  private static final int EXPRESS = 0x40;
  private static final short EXPRESS_ID = 0x10;

  private static final int AER = 0x100;
  private static final int AER_ID = 0x01;
  private static final int ATS = 0x148;
  private static final int PASID = 0x150;
  private static final int VERSION_1 = 1 << 16;
  private static final int NEXT_SHIFT = 20;
  private static final int EXECUTE_AND_PRIVILEGED = 0b110;
  private static final int WIDTH_SHIFT = 8;

  private SimulatedConfigSpace() {}

  static ConfigSpace of(Topology.Device device) {
    byte[] bytes = new byte[ConfigSpace.BYTES];
    ByteBuffer space = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    space
        .putInt(0, VENDOR_AND_DEVICE)
        .putShort(STATUS, CAPABILITY_LIST)
        .put(CAPABILITIES_POINTER, (byte) EXPRESS)
        .putShort(EXPRESS, EXPRESS_ID)
        .putInt(AER, AER_ID | VERSION_1 | (device.ats() ? ATS << NEXT_SHIFT : 0));
    if (device.ats()) {
      space.putInt(ATS, ConfigSpace.ATS | VERSION_1);
    }
    if (device.pasidLog2() > 0) {
      space
          .putInt(PASID, ConfigSpace.PASID | VERSION_1)
          .putInt(PASID + 4, EXECUTE_AND_PRIVILEGED | device.pasidLog2() << WIDTH_SHIFT);
    }
    return new ConfigSpace(bytes);
  }
}
