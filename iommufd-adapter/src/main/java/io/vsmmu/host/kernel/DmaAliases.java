package io.vsmmu.host.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The requester ids that bridges put in place of a device's own: conventional PCI has none, so a
 * bridge to it answers for what is behind it (drivers/pci/search.c, pci_for_each_dma_alias; PCI
 * Express to PCI bridge specification, 2.3). Reads the bridges' configuration spaces, which only
 * root sees as a whole; a bridge that cannot be read counts as one that leaves ids alone.
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
   * The ids besides its own.
   *
   * @param device its real directory below sysfs, which lies in that of the bridge before it
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

  /** Its device/port type; empty when it is not seen to be a PCI Express device. */
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
