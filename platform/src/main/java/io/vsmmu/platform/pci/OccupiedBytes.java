package io.vsmmu.platform.pci;

import java.util.List;
import java.util.Map;

/**
 * The bytes that the capabilities of an image occupy. A header does not contain the length of its
 * capability, so this takes the largest of the minimum length in its specification, the length that
 * a vendor-specific capability states, and the bytes up to the last one before the next header that
 * is not 0. Source of the lengths: PCI Express 6.0, 7.6 to 7.9.
 */
final class OccupiedBytes {

  private static final int VENDOR_SPECIFIC = 0x0B;
  private static final int DESIGNATED_VENDOR_SPECIFIC = 0x23;
  private static final int LENGTH_SHIFT = 20;
  private static final int OTHERS = 8;

  private static final Map<Integer, Integer> LEAST =
      Map.ofEntries(
          Map.entry(0x01, 0x48), // advanced error reporting
          Map.entry(0x02, 0x1C), // virtual channel
          Map.entry(0x03, 0x0C), // serial number
          Map.entry(0x04, 0x10), // power budgeting
          Map.entry(0x09, 0x1C), // virtual channel
          Map.entry(0x0E, 0x08), // alternative routing IDs
          Map.entry(0x0F, 0x08), // ATS
          Map.entry(0x10, 0x40), // SR-IOV
          Map.entry(0x12, 0x30), // multicast
          Map.entry(0x13, 0x10), // page requests
          Map.entry(0x15, 0x0C), // resizable BAR
          Map.entry(0x17, 0x0C), // TPH requester
          Map.entry(0x18, 0x08), // latency tolerance
          Map.entry(0x19, 0x0C), // secondary PCI Express
          Map.entry(0x1B, 0x08), // PASID
          Map.entry(0x1E, 0x10), // L1 PM substates
          Map.entry(0x1F, 0x0C), // precision time
          Map.entry(0x25, 0x0C), // data link feature
          Map.entry(0x26, 0x20), // physical layer 16 GT/s
          Map.entry(0x2E, 0x18)); // data object exchange

  private final ConfigImage image;
  private final List<CapabilityHeader> headers;

  OccupiedBytes(ConfigImage image, List<CapabilityHeader> headers) {
    this.image = image;
    this.headers = headers;
  }

  /** Offset after the last byte of a capability, at most that of the next header. */
  int end(CapabilityHeader header) {
    int limit = header.next() == 0 ? ConfigImage.BYTES : header.next();
    int afterContent = image.lastNonZero(header.offset(), limit) + 1;
    int end = Math.max(header.offset() + least(header, limit), afterContent);
    return Math.min(roundedUp(end), limit);
  }

  /** Whether no capability occupies any of the bytes {@code [from, to)}, and all of them are 0. */
  boolean isFree(int from, int to) {
    return headers.stream().noneMatch(h -> h.offset() < to && end(h) > from)
        && image.isZero(from, to);
  }

  private int least(CapabilityHeader header, int limit) {
    if (header.isPlaceholder()) {
      return CapabilityHeader.BYTES;
    }
    boolean saysItself =
        header.id() == VENDOR_SPECIFIC || header.id() == DESIGNATED_VENDOR_SPECIFIC;
    if (saysItself && limit - header.offset() >= OTHERS) {
      return Math.max(OTHERS, image.u32(header.offset() + 4) >>> LENGTH_SHIFT);
    }
    return LEAST.getOrDefault(header.id(), OTHERS);
  }

  private static int roundedUp(int offset) {
    return (offset + CapabilityHeader.BYTES - 1) & -CapabilityHeader.BYTES;
  }
}
