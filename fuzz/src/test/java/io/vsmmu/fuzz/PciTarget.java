package io.vsmmu.fuzz;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.pci.CapabilityHeader;
import io.vsmmu.platform.pci.CapabilityInsertion;
import io.vsmmu.platform.pci.CapabilityList;
import io.vsmmu.platform.pci.CapabilityPosition;
import io.vsmmu.platform.pci.InsertedCapability;
import io.vsmmu.platform.pci.PasidCapability;
import java.util.List;

/**
 * Configuration spaces of devices, into whose list of extended capabilities one is inserted. The
 * result is refused with reasons, or has a list that is read to its end, with one capability more,
 * in which nothing else changed.
 */
final class PciTarget implements FuzzTarget {

  private static final int BYTES = 4096;

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    int form = input.u8();
    CapabilityPosition position =
        switch (form & 3) {
          case 0 -> new CapabilityPosition.FirstFree();
          case 1 -> new CapabilityPosition.LastFree();
          default -> new CapabilityPosition.At((form & 4) == 0 ? input.u16() & 0xffc : input.i32());
        };
    PasidCapability capability = new PasidCapability(input.u8() - 1, input.bool(), input.bool());
    byte[] image = new byte[(form & 0xf0) == 0xf0 ? input.u16() : BYTES];
    while (input.more() && image.length > 0) {
      int at = input.u16() % image.length & ((form & 8) == 0 ? 0xffc : 0xffff);
      int value = (int) input.number();
      for (int i = 0; i < Integer.BYTES && at + i < image.length; i++) {
        image[at + i] = (byte) (value >> 8 * i);
      }
    }
    switch (CapabilityInsertion.insert(image, capability, position)) {
      case BuildResult.Refused<InsertedCapability> refused ->
          Finding.unless(!refused.reasons().isEmpty(), "refused without a reason");
      case BuildResult.Built<InsertedCapability>(InsertedCapability built) ->
          inserted(image, built, position);
    }
  }

  private static void inserted(
      byte[] before, InsertedCapability built, CapabilityPosition position) {
    byte[] after = built.image().bytes();
    List<CapabilityHeader> list =
        switch (CapabilityList.read(built.image())) {
          case BuildResult.Built<List<CapabilityHeader>>(List<CapabilityHeader> read) -> read;
          case BuildResult.Refused<List<CapabilityHeader>> refused ->
              throw new IllegalStateException("the list is broken: " + refused);
        };
    Finding.unless(
        list.stream().filter(h -> h.offset() == built.offset()).count() == 1,
        "the capability is not in the list");
    if (position instanceof CapabilityPosition.At(int offset)) {
      Finding.unless(built.offset() == offset, "it is elsewhere");
    }
    for (int at = 0; at < before.length; at++) {
      boolean own = at >= built.offset() && at < built.offset() + PasidCapability.BYTES;
      boolean link = at >= built.previous() && at < built.previous() + 4 && built.previous() != 0;
      Finding.unless(own || link || before[at] == after[at], "byte 0x%x changed", at);
    }
  }

  @Override
  public List<byte[]> seeds() {
    byte[] ordinary =
        new Output()
            .u8(0, 17, 1, 1)
            .u16(0x100)
            .number(0x14820001)
            .u16(0x148)
            .number(0x20010003)
            .u16(0x200)
            .number(0x0001000b)
            .toBytes();
    return List.of(new Output().u8(1, 17, 0, 0).toBytes(), ordinary);
  }
}
