package io.vsmmu.platform.acpi;

import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.PlatformLimits;
import io.vsmmu.platform.Refusals;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rules for a whole layout: the numbers of its parts, their names, and conflicts among them.
 */
final class IortChecks {

  private static final long U32 = 0xFFFF_FFFFL;
  private static final int SEGMENTS = 0xFFFF;

  private final IortLayout layout;
  private final Refusals refusals = new Refusals();

  private IortChecks(IortLayout layout) {
    this.layout = layout;
  }

  static Refusals of(IortLayout layout) {
    IortChecks checks = new IortChecks(layout);
    layout.identity().check(checks.refusals);
    if (checks.sizesFit() && checks.partsFit()) {
      checks.between();
    }
    return checks.refusals;
  }

  private boolean sizesFit() {
    count("itsGroups", layout.itsGroups().size(), 0, AcpiLimits.ITS_GROUPS);
    count("smmus", layout.smmus().size(), 0, PlatformLimits.VSMMUS);
    count("rootComplexes", layout.rootComplexes().size(), 1, AcpiLimits.ROOT_COMPLEXES);
    int routes = 0;
    for (RootComplex rc : layout.rootComplexes()) {
      count("rootComplexes.routes", rc.routes().size(), 0, AcpiLimits.ROUTES);
      routes += Math.min(rc.routes().size(), AcpiLimits.ALL_ROUTES);
    }
    count("routes", routes, 0, AcpiLimits.ALL_ROUTES);
    return refusals.none();
  }

  private void count(String field, int size, int least, int most) {
    refusals.inRange(field + ".size", size, least, most, "describe another number of them");
  }

  private boolean partsFit() {
    layout.itsGroups().forEach(this::group);
    Set<Integer> segments = new HashSet<>();
    layout.rootComplexes().forEach(rc -> rootComplex(rc, segments));
    Set<String> names = new HashSet<>();
    layout.smmus().forEach(smmu -> new SmmuChecks(layout, smmu, refusals).alone(names));
    return refusals.none();
  }

  private void between() {
    for (int i = 0; i < layout.itsGroups().size(); i++) {
      devicesApart(i);
    }
    for (int i = 0; i < layout.smmus().size(); i++) {
      GuestSmmu smmu = layout.smmus().get(i);
      new SmmuChecks(layout, smmu, refusals).withOthers();
      apart(smmu, layout.smmus().subList(0, i));
    }
  }

  /** Two devices with the same DeviceID would receive each other's interrupts. */
  private void devicesApart(int group) {
    List<IdRange> devices = layout.devicesOf(group);
    for (int i = 0; i < devices.size(); i++) {
      for (IdRange other : devices.subList(0, i)) {
        refusals.unless(
            !devices.get(i).overlaps(other),
            "itsGroups[" + group + "].deviceIds",
            devices.get(i).toString(),
            "apart from " + other,
            "give the routes of two segments different output bases");
      }
    }
  }

  private void group(ItsGroup group) {
    count("itsGroups.ids", group.ids().size(), 1, AcpiLimits.ITS_OF_GROUP);
    group.ids().forEach(id -> refusals.inRange("itsGroups.ids", id, 0, U32, "it has 32 bits"));
  }

  private void apart(GuestSmmu smmu, List<GuestSmmu> earlier) {
    GpaRange frame = SmmuChecks.frame(smmu);
    for (GuestSmmu other : earlier) {
      refusals.unless(
          !frame.overlaps(SmmuChecks.frame(other)),
          "smmus[" + smmu.name() + "].base",
          Refusals.hex(smmu.base()),
          "apart from the 128 KiB at " + Refusals.hex(other.base()) + " of " + other.name(),
          "move one of the register frames");
      wiresApart(smmu, other);
      messagesApart(smmu, other);
    }
  }

  /** The interrupts are edge-triggered, so sources cannot share one (DEN 0049E.d, SMMUv3 node). */
  private void wiresApart(GuestSmmu smmu, GuestSmmu other) {
    if (smmu.interrupts() instanceof SmmuInterrupts.Wired wired
        && other.interrupts() instanceof SmmuInterrupts.Wired others) {
      List<Long> shared =
          wired.all().stream().filter(gsiv -> others.all().contains(gsiv)).distinct().toList();
      refusals.unless(
          shared.isEmpty(),
          "smmus[" + smmu.name() + "].interrupts",
          shared.toString(),
          "apart from " + others.all() + " of " + other.name(),
          "give each SMMU four interrupts of its own, or messages");
    }
  }

  private void messagesApart(GuestSmmu smmu, GuestSmmu other) {
    if (smmu.interrupts() instanceof SmmuInterrupts.Messages(int group, long deviceId)
        && other.interrupts() instanceof SmmuInterrupts.Messages others) {
      refusals.unless(
          deviceId == SmmuInterrupts.NO_REQUESTER
              || group != others.itsGroup()
              || deviceId != others.deviceId(),
          "smmus[" + smmu.name() + "].interrupts.deviceId",
          Refusals.hex(deviceId),
          "another DeviceID than that of " + other.name(),
          "give each SMMU the DeviceID that its writes carry; only 0, for writes without one, may"
              + " be that of several");
    }
  }

  private void rootComplex(RootComplex rc, Set<Integer> segments) {
    String at = "rootComplexes[" + rc.segment() + "]";
    refusals.inRange(at + ".segment", rc.segment(), 0, SEGMENTS, "PCI segments have 16 bits");
    refusals.unless(
        segments.add(rc.segment()),
        at + ".segment",
        Integer.toString(rc.segment()),
        "different from every other root complex",
        "describe one root complex per segment and give it a route for each vSMMU");
    refusals.inRange(at + ".pasidBits", rc.pasidBits(), 0, 20, "PASIDs have at most 20 bits");
    refusals.inRange(
        at + ".addressBits", rc.addressBits(), 1, 64, "say how wide its addresses are");
    attributes(rc, at);
    for (int i = 0; i < rc.routes().size(); i++) {
      route(rc.routes().get(i), rc.routes().subList(0, i), at + ".routes[" + i + "]");
    }
  }

  private void attributes(RootComplex rc, String at) {
    RootComplex.MemoryAttributes memory = rc.memory();
    refusals.unless(
        !memory.coherent() || memory.coherentPath(),
        at + ".memory.coherentPath",
        "false",
        "true, because coherent is true",
        "a fully coherent device has a coherent path to memory: set both, or neither");
    RootComplex.AtsAttribute ats = rc.ats();
    refusals.unless(
        ats.ats() || !(ats.pri() || ats.pasidForward()),
        at + ".ats.ats",
        "false",
        "true, because pri or pasidForward is true",
        "page requests and forwarded PASIDs are parts of ATS: switch it on, or them off");
  }

  private void route(RequesterRoute route, List<RequesterRoute> earlier, String at) {
    boolean exists = route.requesters().exists();
    refusals.unless(
        exists && RequesterRoute.ALL.contains(route.requesters()),
        at + ".requesters",
        route.requesters().toString(),
        "at least one requester ID, none above 0xffff",
        "a segment has 256 buses of 256 functions; a range ends where it begins, or later");
    target(route, at);
    for (RequesterRoute other : earlier) {
      refusals.unless(
          !route.requesters().overlaps(other.requesters()),
          at + ".requesters",
          route.requesters().toString(),
          "apart from the requester IDs " + other.requesters(),
          "route each function once");
    }
    refusals.unless(
        route.output().exists() || !exists,
        at + ".outputBase",
        Refusals.hex(route.outputBase()),
        "such that all IDs have 32 bits",
        "leave the output base at the first requester ID");
  }

  private void target(RequesterRoute route, String at) {
    switch (route.target()) {
      case RequesterRoute.Target.Smmu(String name) ->
          refusals.unless(
              layout.smmus().stream().anyMatch(s -> s.name().equals(name)),
              at + ".target",
              "'" + name + "'",
              "the name of one of the SMMUs",
              "describe that SMMU or route the functions to another");
      case RequesterRoute.Target.Its(int group) ->
          refusals.unless(
              group >= 0 && group < layout.itsGroups().size(),
              at + ".target",
              Integer.toString(group),
              "the index of one of the " + layout.itsGroups().size() + " ITS groups",
              "describe that group or route the functions to another");
    }
  }
}
