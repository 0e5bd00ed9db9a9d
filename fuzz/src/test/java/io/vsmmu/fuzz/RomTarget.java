package io.vsmmu.fuzz;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.acpi.AcpiIdentity;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.platform.acpi.GuestSmmu;
import io.vsmmu.platform.acpi.IdRange;
import io.vsmmu.platform.acpi.IortBuilder;
import io.vsmmu.platform.acpi.IortLayout;
import io.vsmmu.platform.acpi.ItsGroup;
import io.vsmmu.platform.acpi.RequesterRoute;
import io.vsmmu.platform.acpi.RootComplex;
import io.vsmmu.platform.acpi.SmmuInterrupts;
import io.vsmmu.platform.rom.OptionRom;
import io.vsmmu.platform.rom.RomLimits;
import io.vsmmu.platform.rom.UefiDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Descriptions of a guest's machine, and UEFI drivers, from which an IORT and an option ROM are
 * built. Each is refused with reasons, or built: the table's bytes add up to 0 and are as many as
 * its header says, the ROM's length is a power of two within the limits.
 */
final class RomTarget implements FuzzTarget {

  private final byte[] driver = Resources.bytes("/io/vsmmu/platform/rom/vsmmu.efi");

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    BuildResult<AcpiTable> table = IortBuilder.build(layout(input));
    switch (table) {
      case BuildResult.Refused<AcpiTable> refused ->
          Finding.unless(!refused.reasons().isEmpty(), "refused without a reason");
      case BuildResult.Built<AcpiTable>(AcpiTable built) -> {
        whole(built.bytes());
        rom(built, input);
      }
    }
  }

  private static void whole(byte[] table) {
    int sum = 0;
    for (byte b : table) {
      sum += b;
    }
    int length =
        table[4] & 0xff | (table[5] & 0xff) << 8 | (table[6] & 0xff) << 16 | table[7] << 24;
    Finding.unless((sum & 0xff) == 0, "a table whose bytes add up to 0x%x", sum & 0xff);
    Finding.unless(length == table.length, "a table of %d bytes says %d", table.length, length);
  }

  private void rom(AcpiTable iort, Input input) {
    byte[] image = driver.clone();
    while (input.more()) {
      int at = input.u16() % image.length;
      image[at] = (byte) input.u8();
    }
    switch (UefiDriver.of("driver", image)) {
      case BuildResult.Refused<UefiDriver> refused ->
          Finding.unless(!refused.reasons().isEmpty(), "refused without a reason");
      case BuildResult.Built<UefiDriver>(UefiDriver usable) -> {
        var tables = new OptionRom.RomTables(iort, List.of(), 0x1234_0000L, false);
        var function = new OptionRom.Function(0x1b36, 0x0010, 0x080600);
        if (OptionRom.build(usable, function, tables)
            instanceof BuildResult.Built<byte[]>(byte[] rom)) {
          Finding.unless(
              Integer.bitCount(rom.length) == 1
                  && rom.length >= RomLimits.SMALLEST_BYTES
                  && rom.length <= RomLimits.LARGEST_BYTES,
              "a ROM of %d bytes",
              rom.length);
        }
      }
    }
  }

  private static IortLayout layout(Input input) {
    List<ItsGroup> groups = new ArrayList<>();
    for (int i = input.u8() % 3; i > 0; i--) {
      groups.add(new ItsGroup(List.of(input.number())));
    }
    List<GuestSmmu> smmus = new ArrayList<>();
    for (int i = input.u8() % 4; i > 0; i--) {
      smmus.add(smmu(input));
    }
    List<RootComplex> complexes = new ArrayList<>();
    for (int i = input.u8() % 4; i > 0; i--) {
      List<RequesterRoute> routes = new ArrayList<>();
      for (int r = input.u8() % 5; r > 0; r--) {
        routes.add(route(input));
      }
      complexes.add(
          new RootComplex(
              (int) input.number(),
              new RootComplex.MemoryAttributes(input.bool(), input.bool(), input.bool()),
              new RootComplex.AtsAttribute(input.bool(), input.bool(), input.bool()),
              input.u8() - 1,
              input.u8(),
              routes));
    }
    AcpiIdentity identity =
        input.bool()
            ? new AcpiIdentity(
                text(input), text(input), input.number(), text(input), input.number())
            : AcpiIdentity.DEFAULT;
    return new IortLayout(identity, groups, smmus, complexes);
  }

  private static String text(Input input) {
    return new String(input.bytes(input.u8() % 10), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static String name(Input input) {
    return "smmu" + input.u8() % 4;
  }

  private static GuestSmmu smmu(Input input) {
    SmmuInterrupts interrupts =
        input.bool()
            ? new SmmuInterrupts.Messages(input.u8() - 1, input.number())
            : new SmmuInterrupts.Wired(
                input.number(), input.number(), input.number(), input.number());
    List<IdRange> window =
        input.bool() ? List.of(new IdRange(input.number(), input.number())) : List.of();
    return new GuestSmmu(
        name(input),
        input.number() << 16,
        input.bool(),
        interrupts,
        input.bool() ? OptionalInt.of(input.u8() - 1) : OptionalInt.empty(),
        input.any(GuestMsi.values()),
        window);
  }

  private static RequesterRoute route(Input input) {
    IdRange requesters = new IdRange(input.number(), input.number());
    RequesterRoute.Target target =
        input.bool()
            ? new RequesterRoute.Target.Smmu(name(input))
            : new RequesterRoute.Target.Its(input.u8() - 1);
    return new RequesterRoute(requesters, target, input.number());
  }

  @Override
  public List<byte[]> seeds() {
    Output one =
        new Output()
            .u8(1)
            .number(0)
            .u8(1, 0)
            .number(0x6a)
            .number(0x6b)
            .number(0x6c)
            .number(0x6d)
            .u8(0, 0)
            .number(0x905)
            .u8(1, 1, 1, 0)
            .u8(1, 2)
            .number(0)
            .number(0x100)
            .u8(1, 0)
            .number(0)
            .number(0x100)
            .number(0xff00)
            .u8(0, 1)
            .number(0x100)
            .number(0)
            .u8(1, 1, 1, 0, 0, 0, 1, 48, 0);
    return List.of(new byte[0], one.toBytes());
  }
}
