package io.vsmmu.host.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The requester ids that bridges substitute for a device's own. Conventional PCI transactions carry
 * no requester id, so a bridge to a conventional bus issues those of the devices behind it under
 * its own (drivers/pci/search.c, pci_for_each_dma_alias; PCI Express to PCI bridge specification,
 * 2.3). They are found in the configuration spaces of the bridges, which only root can read beyond
 * the first 64 bytes; a bridge that cannot be read is taken to substitute no id.
 */
final class DmaAliases {

  private static final int STATUS = 0x06;
  private static final int HEADER_TYPE = 0x0E;
  private static final int SECONDARY_BUS = 0x19;
  private static final int CAPABILITIES = 0x34;

  private static final int STATUS_HAS_CAPABILITIES = 1 << 4;
  private static final int HEADER_MASK = 0x7F;
  private static final int HEADER_BRIDGE = 1;
  private static final int CAPABILITY_EXPRESS = 0x10;
  private static final int POINTER_MASK = 0xFC;
  private static final int MOST_CAPABILITIES = 48;

  private static final int TYPE_SHIFT = 4;
  private static final int TYPE_MASK = 0xF;
  private static final int TYPE_ROOT_PORT = 4;
  private static final int TYPE_UPSTREAM = 5;
  private static final int TYPE_DOWNSTREAM = 6;
  private static final int TYPE_TO_PCI = 7;
  private static final int BUS_SHIFT = 8;

  private DmaAliases() {}

  /**
   * The requester ids besides the device's own.
   *
   * @param device the real path of the device's directory in sysfs, which is inside the directory
   *     of its upstream bridge
   */
  static List<Integer> of(Path device) {
    List<Integer> aliases = new ArrayList<>();
    Path bridge = device.getParent();
    while (bridge != null && PciDevice.isAddress(String.valueOf(bridge.getFileName()))) {
      alias(bridge).ifPresent(aliases::add);
      bridge = bridge.getParent();
    }
    return aliases;
  }

  private static Optional<Integer> alias(Path bridge) {
    byte[] bytes = TextFile.bytes(bridge.resolve("config"));
    ByteBuffer config = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length <= CAPABILITIES || (config.get(HEADER_TYPE) & HEADER_MASK) != HEADER_BRIDGE) {
      return Optional.empty();
    }
    OptionalInt type = expressType(config);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    return switch (type.getAsInt()) {
      case TYPE_ROOT_PORT, TYPE_UPSTREAM, TYPE_DOWNSTREAM -> Optional.empty();
      case TYPE_TO_PCI -> Optional.of(Byte.toUnsignedInt(config.get(SECONDARY_BUS)) << BUS_SHIFT);
      default -> Optional.of(PciDevice.requesterId(String.valueOf(bridge.getFileName())));
    };
  }

  /**
   * The bridge's Device/Port Type (PCI Express Capabilities register); empty when no PCI Express
   * capability is found.
   */
  private static OptionalInt expressType(ByteBuffer config) {
    if ((config.getShort(STATUS) & STATUS_HAS_CAPABILITIES) == 0) {
      return OptionalInt.empty();
    }
    int at = Byte.toUnsignedInt(config.get(CAPABILITIES)) & POINTER_MASK;
    for (int i = 0; i < MOST_CAPABILITIES && at != 0 && at + 3 < config.limit(); i++) {
      if (Byte.toUnsignedInt(config.get(at)) == CAPABILITY_EXPRESS) {
        return OptionalInt.of(config.getShort(at + 2) >>> TYPE_SHIFT & TYPE_MASK);
      }
      at = Byte.toUnsignedInt(config.get(at + 1)) & POINTER_MASK;
    }
    return OptionalInt.empty();
  }
}
