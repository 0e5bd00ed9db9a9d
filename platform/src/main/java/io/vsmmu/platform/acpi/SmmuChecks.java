package io.vsmmu.platform.acpi;

import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Set;

/** The rules for one SMMU of a layout. */
final class SmmuChecks {

  private static final long U32 = 0xFFFF_FFFFL;
  private static final long FRAME_BYTES = 0x2_0000;
  private static final long FRAME_ALIGNMENT = 0x1_0000;
  private static final long FIRST_SPI = 32;
  private static final long LAST_SPI = 1019;
  private static final long FIRST_EXTENDED_SPI = 4096;
  private static final long LAST_EXTENDED_SPI = 5119;

  private final IortLayout layout;
  private final GuestSmmu smmu;
  private final Refusals refusals;
  private final String at;

  SmmuChecks(IortLayout layout, GuestSmmu smmu, Refusals refusals) {
    this.layout = layout;
    this.smmu = smmu;
    this.refusals = refusals;
    this.at = "smmus[" + smmu.name() + "]";
  }

  static boolean frameFits(GuestSmmu smmu) {
    return smmu.base() != 0
        && smmu.base() % FRAME_ALIGNMENT == 0
        && Long.compareUnsigned(smmu.base(), -FRAME_BYTES) <= 0;
  }

  static GpaRange frame(GuestSmmu smmu) {
    return new GpaRange(smmu.base(), FRAME_BYTES);
  }

  /** Checks the rules that do not depend on other parts of the layout. */
  void alone(Set<String> names) {
    refusals.unless(
        !smmu.name().isBlank() && names.add(smmu.name()),
        "smmus.name",
        "'" + smmu.name() + "'",
        "given, and different from every other SMMU",
        "give each SMMU a name of its own");
    base();
    interrupts();
    smmu.itsGroup().ifPresent(group -> group(at + ".itsGroup", group));
  }

  /** Checks the rules that depend on routes, which must have been found valid before. */
  void withOthers() {
    if (smmu.interrupts() instanceof SmmuInterrupts.Messages(int group, long deviceId)) {
      foreignDevice(group, deviceId);
    }
    streams();
    reserved();
  }

  private void base() {
    refusals.unless(
        frameFits(smmu),
        at + ".base",
        Refusals.hex(smmu.base()),
        "a multiple of 64 KiB, not 0, with 128 KiB behind it",
        "give the guest-physical address of the register frame");
    if (frameFits(smmu)) {
      refusals.unless(
          !frame(smmu).overlaps(GpaRange.MSI_WINDOW) || smmu.msiWindow().isEmpty(),
          at + ".base",
          Refusals.hex(smmu.base()),
          "outside of the MSI window at " + Refusals.hex(GpaRange.MSI_WINDOW.base()),
          "move the register frame");
    }
  }

  private void interrupts() {
    switch (smmu.interrupts()) {
      case SmmuInterrupts.Wired(long event, long pri, long gerror, long sync) -> {
        gsiv("event", event);
        gsiv("pri", pri);
        gsiv("gerror", gerror);
        gsiv("sync", sync);
        List<Long> all = List.of(event, pri, gerror, sync);
        refusals.unless(
            all.stream().distinct().count() == all.size(),
            at + ".interrupts",
            all.toString(),
            "four different interrupts",
            "give each of event, pri, gerror and sync one of its own, or use messages");
      }
      case SmmuInterrupts.Messages(int group, long deviceId) -> {
        group(at + ".interrupts.itsGroup", group);
        refusals.inRange(at + ".interrupts.deviceId", deviceId, 0, U32, "DeviceIDs have 32 bits");
      }
    }
  }

  private void gsiv(String name, long value) {
    boolean shared = value >= FIRST_SPI && value <= LAST_SPI;
    boolean extended = value >= FIRST_EXTENDED_SPI && value <= LAST_EXTENDED_SPI;
    refusals.unless(
        shared || extended,
        at + ".interrupts." + name,
        Long.toString(value),
        "%d to %d or %d to %d"
            .formatted(FIRST_SPI, LAST_SPI, FIRST_EXTENDED_SPI, LAST_EXTENDED_SPI),
        "give all four interrupts a shared peripheral interrupt of the GIC, or use messages");
  }

  /**
   * Checks that no device behind an SMMU has the SMMU's own DeviceID; their DeviceIDs are their
   * StreamIDs. Devices on buses without an SMMU are not checked, because the SMMU's own PCI
   * function can be among them.
   */
  private void foreignDevice(int group, long deviceId) {
    IdRange own = new IdRange(deviceId, 1);
    if (deviceId == SmmuInterrupts.NO_REQUESTER) {
      return;
    }
    for (GuestSmmu other : layout.smmus()) {
      for (IdRange streams : layout.streamsOf(other.name())) {
        refusals.unless(
            other.itsGroup().orElse(-1) != group || !streams.overlaps(own),
            at + ".interrupts.deviceId",
            Refusals.hex(deviceId),
            "none of the DeviceIDs " + streams + " of devices behind " + other.name(),
            "give 0 where its writes carry no DeviceID, as with QEMU's vfio-user, or one that no"
                + " device can have");
      }
    }
  }

  private void group(String field, int group) {
    int groups = layout.itsGroups().size();
    refusals.unless(
        group >= 0 && group < groups,
        field,
        Integer.toString(group),
        "the index of one of the " + groups + " ITS groups",
        "describe that group or name another");
  }

  private void streams() {
    List<IdRange> streams = layout.streamsOf(smmu.name());
    for (int i = 0; i < streams.size(); i++) {
      for (IdRange other : streams.subList(0, i)) {
        refusals.unless(
            !streams.get(i).overlaps(other),
            at + ".streams",
            streams.get(i).toString(),
            "apart from " + other,
            "give the routes of two segments different output bases");
      }
    }
  }

  private void reserved() {
    List<IdRange> window = smmu.msiWindow();
    String field = at + ".msiWindow";
    boolean fits =
        refusals.inRange(
            field + ".size",
            window.size(),
            0,
            AcpiLimits.RESERVED_STREAM_RANGES,
            "join ranges that follow each other");
    List<IdRange> streams = layout.streamsOf(smmu.name());
    for (IdRange range : fits ? window : List.<IdRange>of()) {
      refusals.unless(
          range.exists() && streams.stream().anyMatch(s -> s.contains(range)),
          field,
          range.toString(),
          "within a range of StreamIDs that is routed to the SMMU: " + streams,
          "route the devices' buses to this SMMU or leave the range out");
    }
    for (int i = 0; fits && i < window.size(); i++) {
      for (IdRange other : window.subList(0, i)) {
        refusals.unless(
            !window.get(i).overlaps(other),
            field,
            window.get(i).toString(),
            "apart from " + other,
            "reserve the window for each StreamID once");
      }
    }
  }
}
