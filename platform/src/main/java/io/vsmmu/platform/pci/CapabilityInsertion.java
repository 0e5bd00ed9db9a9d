package io.vsmmu.platform.pci;

import io.vsmmu.platform.Outcome;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Puts a capability into the list of an image: its header between its neighbours, so that offsets
 * still ascend, everything else untouched.
 */
public final class CapabilityInsertion {

  private static final int FIRST = ConfigLimits.LEGACY_BYTES;
  private static final int LAST = ConfigLimits.BYTES - ExtendedCapability.BYTES;
  private static final int STEP = ConfigLimits.HEADER_BYTES;
  private static final String OFFSET = "offset";
  private static final String OTHER_PLACE = "choose another offset or leave the choice open";

  private final ConfigImage image;
  private final List<CapabilityHeader> headers;
  private final ExtendedCapability capability;
  private final Occupied occupied;

  private CapabilityInsertion(
      ConfigImage image, List<CapabilityHeader> headers, ExtendedCapability capability) {
    this.image = image;
    this.headers = headers;
    this.capability = capability;
    this.occupied = new Occupied(image, headers);
  }

  /**
   * A new image with the capability, or why there is none.
   *
   * @param config 4096 bytes; not changed
   */
  public static Outcome<InsertedCapability> insert(
      byte[] config, ExtendedCapability capability, Placement placement) {
    Refusals refusals = new Refusals();
    capability.check(refusals);
    return refusals
        .orMake(config::clone)
        .then(ConfigImage::of)
        .then(
            image ->
                CapabilityList.read(image)
                    .then(h -> new CapabilityInsertion(image, h, capability).at(placement)));
  }

  private Outcome<InsertedCapability> at(Placement placement) {
    for (CapabilityHeader header : headers) {
      if (header.id() == capability.id()) {
        return Refusals.refused(
            "capability." + capability.name(),
            "there already, at " + Refusals.hex(header.offset()),
            "absent from the device",
            "pass the device's own capability through");
      }
    }
    return switch (placement) {
      case Placement.At(int offset) -> given(offset);
      case Placement.FirstFree() -> found(IntStream.rangeClosed(0, (LAST - FIRST) / STEP));
      case Placement.LastFree() ->
          found(
              IntStream.rangeClosed(0, (LAST - FIRST) / STEP).map(i -> (LAST - FIRST) / STEP - i));
    };
  }

  private Outcome<InsertedCapability> found(IntStream places) {
    OptionalInt offset = places.map(i -> FIRST + i * STEP).filter(this::isFree).findFirst();
    return offset.isPresent()
        ? new Outcome.Made<>(linked(offset.getAsInt()))
        : Refusals.refused(
            OFFSET,
            "none free",
            "8 bytes in a row that no capability has",
            "the device's extended space is full; run it without " + capability.name());
  }

  private boolean isFree(int offset) {
    return occupied.isFree(offset, offset + ExtendedCapability.BYTES);
  }

  private Outcome<InsertedCapability> given(int offset) {
    Refusals refusals = new Refusals();
    String value = Refusals.hex(offset);
    refusals.unless(offset % STEP == 0, OFFSET, value, "a multiple of 4", OTHER_PLACE);
    refusals.unless(
        offset >= FIRST, OFFSET, value, "at least 0x100, in extended space", OTHER_PLACE);
    refusals.unless(
        offset <= LAST, OFFSET, value, "at most 0xff8: the capability has 8 bytes", OTHER_PLACE);
    if (refusals.none()) {
      vacant(offset, refusals);
    }
    return refusals.orMake(() -> linked(offset));
  }

  private void vacant(int offset, Refusals refusals) {
    int end = offset + ExtendedCapability.BYTES;
    for (CapabilityHeader header : headers) {
      refusals.unless(
          header.offset() >= end || occupied.end(header) <= offset,
          OFFSET,
          Refusals.hex(offset),
          "apart from capability "
              + Refusals.hex(header.id())
              + ", which has "
              + Refusals.hex(header.offset())
              + " to "
              + Refusals.hex(occupied.end(header) - 1L),
          OTHER_PLACE);
    }
    if (refusals.none()) {
      refusals.unless(
          image.isZero(offset, end),
          OFFSET,
          Refusals.hex(offset),
          "where the device has nothing but zeros",
          OTHER_PLACE);
    }
  }

  private InsertedCapability linked(int offset) {
    Optional<CapabilityHeader> before = before(offset);
    int next = before.map(CapabilityHeader::next).orElse(0);
    byte[] bytes = image.bytes();
    before.ifPresent(header -> put32(bytes, header.offset(), header.withNext(offset).value()));
    CapabilityHeader own =
        new CapabilityHeader(offset, capability.id(), capability.version(), next);
    put32(bytes, offset, own.value());
    put32(bytes, offset + 4, capability.register());
    return new InsertedCapability(
        ConfigImage.unchecked(bytes),
        capability.name(),
        offset,
        before.map(CapabilityHeader::offset).orElse(0),
        next,
        headers.isEmpty() && before.isPresent());
  }

  /** The header that has to point to the offset: an empty one where the list has none. */
  private Optional<CapabilityHeader> before(int offset) {
    if (headers.isEmpty() && offset != FIRST) {
      return Optional.of(new CapabilityHeader(FIRST, 0, 0, 0));
    }
    return headers.stream().filter(h -> h.offset() < offset).reduce((a, b) -> b);
  }

  private static void put32(byte[] bytes, int offset, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[offset + i] = (byte) (value >>> (8 * i));
    }
  }
}
