package io.vsmmu.platform.pci;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Inserts a PASID capability into the list of extended capabilities of an image. The list stays in
 * the order of the offsets, and nothing but the capability and the preceding header changes.
 */
public final class CapabilityInsertion {

  private static final int FIRST = ConfigImage.CONVENTIONAL_BYTES;
  private static final int LAST = ConfigImage.BYTES - PasidCapability.BYTES;
  private static final int STEP = CapabilityHeader.BYTES;
  private static final String OFFSET = "offset";
  private static final String OTHER_OFFSET = "choose another offset or leave the choice open";

  private final ConfigImage image;
  private final List<CapabilityHeader> headers;
  private final PasidCapability capability;
  private final OccupiedBytes occupied;

  private CapabilityInsertion(
      ConfigImage image, List<CapabilityHeader> headers, PasidCapability capability) {
    this.image = image;
    this.headers = headers;
    this.capability = capability;
    this.occupied = new OccupiedBytes(image, headers);
  }

  /**
   * Builds a new image with the capability.
   *
   * @param config the function's configuration space, 4096 bytes; not changed
   * @return refused if the image has no extended space, its list is broken, it has a PASID
   *     capability, or no free space at the position
   */
  public static BuildResult<InsertedCapability> insert(
      byte[] config, PasidCapability capability, CapabilityPosition placement) {
    Refusals refusals = new Refusals();
    capability.check(refusals);
    return refusals
        .orBuild(config::clone)
        .then(ConfigImage::of)
        .then(
            image ->
                CapabilityList.read(image)
                    .then(h -> new CapabilityInsertion(image, h, capability).at(placement)));
  }

  private BuildResult<InsertedCapability> at(CapabilityPosition placement) {
    for (CapabilityHeader header : headers) {
      if (header.id() == PasidCapability.ID) {
        return Refusals.refused(
            "capability." + PasidCapability.NAME,
            "there already, at " + Refusals.hex(header.offset()),
            "absent from the device",
            "pass the device's own capability through");
      }
    }
    return switch (placement) {
      case CapabilityPosition.At(int offset) -> given(offset);
      case CapabilityPosition.FirstFree() -> found(IntStream.rangeClosed(0, (LAST - FIRST) / STEP));
      case CapabilityPosition.LastFree() ->
          found(
              IntStream.rangeClosed(0, (LAST - FIRST) / STEP).map(i -> (LAST - FIRST) / STEP - i));
    };
  }

  private BuildResult<InsertedCapability> found(IntStream places) {
    OptionalInt offset = places.map(i -> FIRST + i * STEP).filter(this::isFree).findFirst();
    return offset.isPresent()
        ? new BuildResult.Built<>(inserted(offset.getAsInt()))
        : Refusals.refused(
            OFFSET,
            "none free",
            "8 bytes in a row that no capability has",
            "the device's extended space is full; run it without " + PasidCapability.NAME);
  }

  private boolean isFree(int offset) {
    return occupied.isFree(offset, offset + PasidCapability.BYTES);
  }

  private BuildResult<InsertedCapability> given(int offset) {
    Refusals refusals = new Refusals();
    String value = Refusals.hex(offset);
    refusals.unless(offset % STEP == 0, OFFSET, value, "a multiple of 4", OTHER_OFFSET);
    refusals.unless(
        offset >= FIRST, OFFSET, value, "at least 0x100, in extended space", OTHER_OFFSET);
    refusals.unless(
        offset <= LAST, OFFSET, value, "at most 0xff8: the capability has 8 bytes", OTHER_OFFSET);
    if (refusals.none()) {
      vacant(offset, refusals);
    }
    return refusals.orBuild(() -> inserted(offset));
  }

  private void vacant(int offset, Refusals refusals) {
    int end = offset + PasidCapability.BYTES;
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
          OTHER_OFFSET);
    }
    if (refusals.none()) {
      refusals.unless(
          image.isZero(offset, end),
          OFFSET,
          Refusals.hex(offset),
          "where the device has nothing but zeros",
          OTHER_OFFSET);
    }
  }

  private InsertedCapability inserted(int offset) {
    Optional<CapabilityHeader> before = before(offset);
    int next = before.map(CapabilityHeader::next).orElse(0);
    byte[] bytes = image.bytes();
    before.ifPresent(header -> put32(bytes, header.offset(), header.withNext(offset).value()));
    CapabilityHeader own =
        new CapabilityHeader(offset, PasidCapability.ID, PasidCapability.VERSION, next);
    put32(bytes, offset, own.value());
    put32(bytes, offset + 4, capability.register());
    return new InsertedCapability(
        ConfigImage.unchecked(bytes),
        offset,
        before.map(CapabilityHeader::offset).orElse(0),
        next,
        headers.isEmpty() && before.isPresent());
  }

  /** The header that precedes the offset; a placeholder if the list is empty. */
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
