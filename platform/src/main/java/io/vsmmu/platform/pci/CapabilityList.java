package io.vsmmu.platform.pci;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.util.ArrayList;
import java.util.List;

/** Reads the list of extended capabilities of an image. */
public final class CapabilityList {

  private static final String REMEDY =
      "the device's list is broken; run it without a synthesized capability";

  private CapabilityList() {}

  /**
   * All headers in the order of the list, which is the order of their offsets. Empty if the header
   * at 0x100 is 0. Refused if an offset does not ascend or does not lead to a header.
   */
  public static BuildResult<List<CapabilityHeader>> read(ConfigImage image) {
    List<CapabilityHeader> headers = new ArrayList<>();
    int at = image.u32(ConfigImage.CONVENTIONAL_BYTES) == 0 ? 0 : ConfigImage.CONVENTIONAL_BYTES;
    while (at != 0) {
      CapabilityHeader header = CapabilityHeader.read(image, at);
      headers.add(header);
      Refusals refusals = new Refusals();
      next(image, header, headers, refusals);
      if (!refusals.none()) {
        return refusals.orBuild(List::of);
      }
      at = header.next();
    }
    return new BuildResult.Built<>(List.copyOf(headers));
  }

  private static void next(
      ConfigImage image, CapabilityHeader header, List<CapabilityHeader> seen, Refusals refusals) {
    int next = header.next();
    if (next == 0) {
      return;
    }
    String field = "capability[" + Refusals.hex(header.offset()) + "].next";
    String given = Refusals.hex(next);
    if (next < ConfigImage.CONVENTIONAL_BYTES) {
      refusals.unless(false, field, given, "0 or at least 0x100", REMEDY);
    } else if (next <= header.offset()) {
      boolean loop = seen.stream().anyMatch(h -> h.offset() == next);
      String required =
          loop
              ? "one that the list has not passed: this is a loop"
              : "behind the capability itself";
      refusals.unless(false, field, given, required, REMEDY);
    } else {
      int target = image.u32(next);
      refusals.unless(
          target != 0 && target != ConfigImage.NO_RESPONSE,
          field,
          given + ", where " + Refusals.hex(target & 0xFFFF_FFFFL) + " is",
          "the offset of a header",
          REMEDY);
    }
  }
}
