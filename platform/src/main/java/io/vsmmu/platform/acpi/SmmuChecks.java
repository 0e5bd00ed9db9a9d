package io.vsmmu.platform.acpi;

import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Set;

/** What one SMMU of a layout must be like. */
final class SmmuChecks {

  private static final long U32 = 0xFFFF_FFFFL;
  private static final long FRAME_BYTES = 0x2_0000;
  private static final long FRAME_ALIGNMENT = 0x1_0000;
  private static final long FIRST_SPI = 32;

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

  /** What does not depend on other parts. */
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

  /** What depends on routes that are known to be right. */
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
      }
      case SmmuInterrupts.Messages(int group, long deviceId) -> {
        group(at + ".interrupts.itsGroup", group);
        refusals.inRange(at + ".interrupts.deviceId", deviceId, 0, U32, "DeviceIDs have 32 bits");
      }
    }
  }

  private void gsiv(String name, long value) {
    refusals.inRange(
        at + ".interrupts." + name,
        value,
        FIRST_SPI,
        U32,
        "give all four interrupts a shared interrupt of the GIC, or use messages");
  }

  private void foreignDevice(int group, long deviceId) {
    StreamRange own = new StreamRange(deviceId, 1);
    if (smmu.itsGroup().orElse(-1) != group) {
      return;
    }
    for (StreamRange streams : layout.streamsOf(smmu.name())) {
      refusals.unless(
          !streams.overlaps(own),
          at + ".interrupts.deviceId",
          Refusals.hex(deviceId),
          "none of the DeviceIDs " + streams + " of devices behind it",
          "give the DeviceID of the SMMU's own function or a free one");
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
    List<StreamRange> streams = layout.streamsOf(smmu.name());
    for (int i = 0; i < streams.size(); i++) {
      for (StreamRange other : streams.subList(0, i)) {
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
    List<StreamRange> window = smmu.msiWindow();
    String field = at + ".msiWindow";
    boolean fits =
        refusals.inRange(
            field + ".size",
            window.size(),
            0,
            AcpiLimits.RESERVED_STREAM_RANGES,
            "join ranges that follow each other");
    List<StreamRange> streams = layout.streamsOf(smmu.name());
    for (StreamRange range : fits ? window : List.<StreamRange>of()) {
      refusals.unless(
          range.exists() && streams.stream().anyMatch(s -> s.contains(range)),
          field,
          range.toString(),
          "within a range of StreamIDs that is routed to the SMMU: " + streams,
          "route the devices' buses to this SMMU or leave the range out");
    }
  }
}
