package io.vsmmu.platform.rom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.platform.BuildResults;
import io.vsmmu.platform.acpi.AcpiIdentity;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.platform.acpi.GuestSmmu;
import io.vsmmu.platform.acpi.IdRange;
import io.vsmmu.platform.acpi.IortBuilder;
import io.vsmmu.platform.acpi.IortLayout;
import io.vsmmu.platform.acpi.ItsGroup;
import io.vsmmu.platform.acpi.PreserveBootConfiguration;
import io.vsmmu.platform.acpi.RequesterRoute;
import io.vsmmu.platform.acpi.RootComplex;
import io.vsmmu.platform.acpi.SmmuInterrupts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver's effect on the tables of a firmware: its source, compiled for this machine with
 * clang's address and undefined behaviour sanitizers, runs on the ROMs that {@link OptionRom}
 * builds.
 */
@Tag("slow")
class UefiDriverRunTest {

  private static final long[] PLACEHOLDERS = {0xFFFF_FFFF_FFF0_0000L, 0xFFFF_FFFF_FFF2_0000L};
  private static final long[] FRAMES = {0x80_0010_0000L, 0x1000_0000L};
  private static final int CHECKSUM = 9;
  private static final int HEADER = 36;

  @TempDir static Path compiled;

  @TempDir Path folder;

  /** The tables after the drivers have run. */
  private record Result(String console, List<byte[]> tables) {

    byte[] only(String signature) {
      List<byte[]> found =
          tables.stream().filter(table -> signature(table).equals(signature)).toList();
      assertThat(found).as(signature).hasSize(1);
      return found.getFirst();
    }
  }

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    assumeTrue(clangIsThere(), "clang is not installed");
    String said =
        output(
            List.of(
                "clang",
                "-std=c17",
                "-fno-builtin",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "src/test/efi/firmware.c",
                "-o",
                program().toString()));
    assumeTrue(Files.exists(program()), "clang has no sanitizers here: " + said);
  }

  private static Path program() {
    return compiled.resolve("firmware");
  }

  private static boolean clangIsThere() throws InterruptedException {
    try {
      return new ProcessBuilder("clang", "--version").start().waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ASAN_OPTIONS", "detect_leaks=0");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private static AcpiTable iort(long... bases) {
    List<GuestSmmu> smmus = new ArrayList<>();
    List<RequesterRoute> routes = new ArrayList<>();
    for (int i = 0; i < bases.length; i++) {
      IdRange device = new IdRange(0x10 + 8 * i, 1);
      smmus.add(
          new GuestSmmu(
              "s" + i,
              bases[i],
              true,
              new SmmuInterrupts.Messages(0, 0),
              OptionalInt.of(0),
              GuestMsi.PHYSICAL,
              List.of(device)));
      routes.add(RequesterRoute.toSmmu(device, "s" + i));
    }
    return BuildResults.made(
        IortBuilder.build(
            new IortLayout(
                AcpiIdentity.DEFAULT,
                List.of(new ItsGroup(List.of(0L))),
                smmus,
                List.of(
                    new RootComplex(
                        0,
                        RootComplex.MemoryAttributes.COHERENT,
                        RootComplex.AtsAttribute.NONE,
                        0,
                        64,
                        routes)))));
  }

  private static AcpiTable ssdt() {
    return BuildResults.made(
        PreserveBootConfiguration.build(AcpiIdentity.DEFAULT, List.of("\\_SB.PCI0")));
  }

  private static byte[] rom(int function) {
    return BuildResults.made(
        OptionRom.build(
            UefiDriver.bundled(),
            new OptionRom.Function(0x1234, 0x0806, 0x060000),
            new OptionRom.RomTables(
                iort(PLACEHOLDERS), List.of(ssdt()), PLACEHOLDERS[function], true)));
  }

  /** A table of the machine. */
  private static byte[] machines(String signature, byte[] body) {
    ByteBuffer table =
        ByteBuffer.allocate(HEADER + body.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(signature.getBytes(StandardCharsets.US_ASCII))
            .putInt(HEADER + body.length)
            .position(10)
            .put("BOCHS BXPC    ".getBytes(StandardCharsets.US_ASCII))
            .position(HEADER)
            .put(body);
    return summed(table.array());
  }

  private static byte[] summed(byte[] table) {
    table[CHECKSUM] = 0;
    table[CHECKSUM] = (byte) -sum(table);
    return table;
  }

  private static int sum(byte[] table) {
    int sum = 0;
    for (byte b : table) {
      sum += b;
    }
    return sum & 0xFF;
  }

  /** A _DSM of PCI0 like that of the generated SSDT, then one of a device for another UUID. */
  private static byte[] dsdt() {
    byte[] ssdt = ssdt().bytes();
    byte[] other = {0x14, 0x0B, '_', 'D', 'S', 'M', 4, (byte) 0xA4, 0x11, 3, 1, 0};
    byte[] body = Arrays.copyOfRange(ssdt, HEADER, ssdt.length + other.length);
    System.arraycopy(other, 0, body, body.length - other.length, other.length);
    return machines("DSDT", body);
  }

  private static List<byte[]> machine() {
    return List.of(dsdt(), machines("IORT", new byte[64]), machines("APIC", new byte[8]));
  }

  /** A function whose driver runs: ROM, address of BAR 0, times that ReadyToBoot is signalled. */
  private record Function(byte[] rom, long frame, int ready) {}

  private static Function function(int index) {
    return new Function(rom(index), FRAMES[index], 1);
  }

  private Result run(List<byte[]> tables, int failing, Function... functions)
      throws IOException, InterruptedException {
    Path out = Files.createTempDirectory(folder, "out");
    StringBuilder roms = new StringBuilder();
    for (int i = 0; i < functions.length; i++) {
      Path rom = Files.write(out.resolve("rom" + i), functions[i].rom());
      roms.append("%s %x %d%n".formatted(rom, functions[i].frame(), functions[i].ready()));
    }
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < tables.size(); i++) {
      list.append(Files.write(out.resolve("table" + i), tables.get(i))).append('\n');
    }
    String console =
        output(
            List.of(
                program().toString(),
                out.toString(),
                String.valueOf(failing),
                Files.writeString(out.resolve("tables"), list).toString(),
                Files.writeString(out.resolve("roms"), roms).toString()));
    List<byte[]> after = new ArrayList<>();
    for (int i = 0; Files.exists(out.resolve(String.valueOf(i))); i++) {
      after.add(Files.readAllBytes(out.resolve(String.valueOf(i))));
    }
    return new Result(console, after);
  }

  private static String signature(byte[] table) {
    return new String(table, 0, 4, StandardCharsets.US_ASCII);
  }

  @Test
  void drivers_in_any_order_install_the_iort_with_the_address_of_each_frame() throws Exception {
    byte[] expected = iort(FRAMES).bytes();

    assertThat(run(machine(), 0, function(0), function(1)).only("IORT")).isEqualTo(expected);
    Result reversed = run(machine(), 0, function(1), function(0));
    assertThat(reversed.only("IORT")).isEqualTo(expected);
    assertThat(reversed.only("SSDT")).isEqualTo(ssdt().bytes());
    assertThat(reversed.only("APIC")).isEqualTo(machine().get(2));
    assertThat(reversed.tables()).hasSize(4);
  }

  @Test
  void ready_to_boot_comes_once_more_for_each_boot_option_and_changes_nothing_then()
      throws Exception {
    Result once = run(machine(), 0, function(0), function(1));

    Result often =
        run(
            machine(),
            0,
            new Function(rom(0), FRAMES[0], 3),
            new Function(rom(1), FRAMES[1], 2),
            new Function(rom(0), FRAMES[0], 1));

    assertThat(often.tables()).containsExactlyElementsOf(once.tables());
    assertThat(often.console()).containsOnlyOnce("table of");
  }

  @Test
  void a_machine_without_an_iort_gets_one() throws Exception {
    Result result = run(List.of(dsdt()), 0, function(0), function(1));

    assertThat(result.only("IORT")).isEqualTo(iort(FRAMES).bytes());
  }

  @Test
  void only_the_dsm_of_host_bridges_gives_up_its_name() throws Exception {
    String before = new String(dsdt(), StandardCharsets.ISO_8859_1);
    byte[] after = run(machine(), 0, function(0)).only("DSDT");

    assertThat(sum(after)).as("checksum").isZero();
    after[CHECKSUM] = dsdt()[CHECKSUM];
    assertThat(new String(after, StandardCharsets.ISO_8859_1))
        .isEqualTo(before.replaceFirst("_DSM", "XDSM"))
        .contains("_DSM");
  }

  @Test
  void memory_decoding_and_bus_mastering_are_turned_on() throws Exception {
    assertThat(run(machine(), 0, function(0)).console()).startsWith("attributes 2 0x600\n");
  }

  @Test
  void when_the_firmware_takes_no_iort_the_machine_keeps_its_own() throws Exception {
    Result result = run(machine(), 1, function(0));

    assertThat(result.console()).contains("the IORT was not installed");
    assertThat(result.only("IORT")).isEqualTo(machine().get(1));
    assertThat(result.only("DSDT")).isEqualTo(dsdt());
  }

  @Test
  void a_firmware_without_acpi_and_a_bar_without_an_address_are_reported() throws Exception {
    assertThat(run(List.of(), 0, function(0)).console()).contains("no ACPI tables");
    Result noBar = run(machine(), 0, new Function(rom(0), 0, 1));
    assertThat(noBar.console()).contains("gave BAR 0 no address");
    assertThat(noBar.tables()).containsExactlyElementsOf(machine());
  }

  @Test
  void a_vsmmu_that_the_tables_of_another_one_do_not_describe_is_reported() throws Exception {
    Function stranger = new Function(rom(0), 0x2000_0000L, 1);

    Result result = run(machine(), 0, function(0), stranger);

    assertThat(result.console()).contains("does not describe the one at 20000000");
    assertThat(result.tables()).hasSize(4);
  }

  /** With any content of the ROM and of the machine's tables the driver stays within both. */
  @Test
  void damaged_roms_and_tables_are_survived() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      byte[][] roms = {rom(0), rom(1)};
      byte[] dsdt = dsdt();
      for (byte[] bytes : List.of(roms[0], roms[1])) {
        damage(bytes, 0, random);
      }
      damage(dsdt, HEADER, random);
      int shorter = random.nextInt(roms[0].length);

      Result result =
          run(
              List.of(summed(dsdt), machine().get(1)),
              random.nextInt(4),
              new Function(Arrays.copyOf(roms[0], shorter), FRAMES[0], 2),
              new Function(roms[1], FRAMES[1], 1));

      assertThat(result.tables())
          .as("seed %d", seed)
          .allMatch(table -> ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).getInt(4) > 0);
    }
  }

  private static void damage(byte[] bytes, int from, Random random) {
    for (int i = random.nextInt(12); i > 0; i--) {
      int at =
          from + random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 0x60 : 8192) - from);
      bytes[at] = (byte) random.nextInt();
    }
    // The container, whose lengths matter most, follows the driver.
    int container = 5120 + 0x40;
    for (int i = random.nextInt(4); i > 0 && bytes.length > container + 100; i--) {
      bytes[container + random.nextInt(100)] = (byte) random.nextInt();
    }
  }
}
