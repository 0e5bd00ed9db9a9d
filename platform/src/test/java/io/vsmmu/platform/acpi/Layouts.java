package io.vsmmu.platform.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Layouts from which the tests build tables. */
final class Layouts {

  static final SmmuInterrupts WIRES = new SmmuInterrupts.Wired(106, 107, 109, 108);
  static final RootComplex.AtsAttribute ATS = new RootComplex.AtsAttribute(true, false, false);

  private Layouts() {}

  static GuestSmmu smmu(String name, long base, IdRange... reserved) {
    return new GuestSmmu(
        name, base, true, WIRES, OptionalInt.of(0), GuestMsi.TRANSLATED, List.of(reserved));
  }

  static RootComplex complex(RequesterRoute... routes) {
    return new RootComplex(0, RootComplex.MemoryAttributes.COHERENT, ATS, 0, 64, List.of(routes));
  }

  static IortLayout of(List<GuestSmmu> smmus, RootComplex... complexes) {
    return new IortLayout(
        AcpiIdentity.DEFAULT, List.of(new ItsGroup(List.of(0L))), smmus, List.of(complexes));
  }

  /** Buses 8 and 9 behind an accelerated vSMMU, as with QEMU's pxb-pcie and bus_nr=8. */
  static IortLayout accelerated() {
    return of(
        List.of(smmu("vm1", 0x905_0000, new IdRange(0x900, 2))),
        complex(
            RequesterRoute.toIts(RequesterRoute.buses(0, 7), 0),
            RequesterRoute.toSmmu(RequesterRoute.buses(8, 15), "vm1"),
            RequesterRoute.toIts(RequesterRoute.buses(16, 255), 0)));
  }

  /** Two accelerated vSMMUs, and one whose own interrupts are MSIs. */
  static IortLayout three() {
    GuestSmmu messages =
        new GuestSmmu(
            "c",
            0x80_0004_0000L,
            false,
            new SmmuInterrupts.Messages(0, 0xF8),
            OptionalInt.of(0),
            GuestMsi.TRANSLATED,
            List.of());
    return of(
        List.of(
            smmu("a", 0x80_0000_0000L, new IdRange(0x900, 0x100), new IdRange(0xA08, 1)),
            new GuestSmmu(
                "b",
                0x80_0002_0000L,
                true,
                new SmmuInterrupts.Wired(110, 111, 113, 112),
                OptionalInt.of(0),
                GuestMsi.TRANSLATED,
                List.of(new IdRange(0x2100, 2))),
            messages),
        complex(
            RequesterRoute.toIts(RequesterRoute.buses(0, 7), 0),
            RequesterRoute.toSmmu(RequesterRoute.buses(8, 0x1F), "a"),
            RequesterRoute.toSmmu(RequesterRoute.buses(0x20, 0x3F), "b"),
            RequesterRoute.toSmmu(RequesterRoute.buses(0x40, 0x4F), "c")));
  }

  static IortLayout gicv2m() {
    GuestSmmu smmu =
        new GuestSmmu(
            "vm1",
            0x905_0000,
            true,
            WIRES,
            OptionalInt.empty(),
            GuestMsi.TRANSLATED,
            List.of(new IdRange(0, 256)));
    return new IortLayout(
        AcpiIdentity.DEFAULT,
        List.of(),
        List.of(smmu),
        List.of(complex(RequesterRoute.toSmmu(RequesterRoute.buses(0, 255), "vm1"))));
  }

  static IortLayout withPasid() {
    IortLayout layout = accelerated();
    RootComplex rc = layout.rootComplexes().getFirst();
    RootComplex pasid =
        new RootComplex(
            0, rc.memory(), new RootComplex.AtsAttribute(true, true, true), 20, 48, rc.routes());
    return new IortLayout(layout.identity(), layout.itsGroups(), layout.smmus(), List.of(pasid));
  }

  /**
   * Several segments, each cut into ranges of requester IDs that go to random SMMUs or ITS groups.
   */
  static IortLayout random(long seed) {
    Random random = new Random(seed);
    int smmuCount = random.nextInt(5);
    int groups = 1 + random.nextInt(3);
    List<RootComplex> complexes = new ArrayList<>();
    for (int segment = 0; segment <= random.nextInt(3); segment++) {
      complexes.add(randomComplex(random, segment, smmuCount, groups));
    }
    List<GuestSmmu> bare = new ArrayList<>();
    for (int i = 0; i < smmuCount; i++) {
      bare.add(randomSmmu(random, i, groups));
    }
    List<ItsGroup> its = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      its.add(new ItsGroup(List.of((long) i, 0xFFFF_FFFFL - i)));
    }
    return reserving(random, new IortLayout(AcpiIdentity.DEFAULT, its, bare, complexes));
  }

  private static RootComplex randomComplex(Random random, int segment, int smmus, int groups) {
    List<RequesterRoute> routes = new ArrayList<>();
    for (long id = random.nextInt(0x800); id < RequesterRoute.ALL.end(); ) {
      long most = random.nextBoolean() ? 16 : 0x4000;
      long count = Math.min(RequesterRoute.ALL.end() - id, random.nextLong(1, most));
      boolean direct = smmus == 0 || random.nextInt(3) == 0;
      RequesterRoute.Target target =
          direct
              ? new RequesterRoute.Target.Its(random.nextInt(groups))
              : new RequesterRoute.Target.Smmu("s" + random.nextInt(smmus));
      routes.add(new RequesterRoute(new IdRange(id, count), target, (long) segment << 16 | id));
      id += count + random.nextInt(0x400);
    }
    RootComplex.AtsAttribute ats =
        new RootComplex.AtsAttribute(true, random.nextBoolean(), random.nextBoolean());
    return new RootComplex(segment, RootComplex.MemoryAttributes.COHERENT, ats, 0, 48, routes);
  }

  private static GuestSmmu randomSmmu(Random random, int index, int groups) {
    SmmuInterrupts interrupts =
        random.nextBoolean()
            ? new SmmuInterrupts.Wired(
                200 + 4L * index, 201 + 4L * index, 202 + 4L * index, 203 + 4L * index)
            : new SmmuInterrupts.Messages(random.nextInt(groups), 0x100_0000L + index);
    OptionalInt group =
        random.nextInt(4) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(groups));
    return new GuestSmmu(
        "s" + index,
        0x1_0000_0000L + index * 0x2_0000L,
        true,
        interrupts,
        group,
        GuestMsi.TRANSLATED,
        List.of());
  }

  private static IortLayout reserving(Random random, IortLayout layout) {
    List<GuestSmmu> smmus = new ArrayList<>();
    for (GuestSmmu s : layout.smmus()) {
      List<IdRange> streams = random.nextBoolean() ? layout.streamsOf(s.name()) : List.of();
      smmus.add(
          new GuestSmmu(
              s.name(),
              s.base(),
              s.coherent(),
              s.interrupts(),
              s.itsGroup(),
              GuestMsi.TRANSLATED,
              streams));
    }
    return new IortLayout(layout.identity(), layout.itsGroups(), smmus, layout.rootComplexes());
  }
}
