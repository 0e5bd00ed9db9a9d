package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vsmmu.control.vm.VmLimits;
import io.vsmmu.testing.RomImage;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code /vms} and the tables of their firmware. */
class VmsTest extends RestTest {

  private static final String DEVICE = "0000:02:00.0";

  /** The first release of iasl that knows the nodes of DEN 0049E.d. */
  private static final String KNOWS_REVISION_5 = "20220331";

  private static final String ELSEWHERE = "0000:81:00.0";

  private String vm() {
    String name = freshName("vm");
    post("/vms", "{\"name\":\"%s\"}".formatted(name)).expect(201);
    return name;
  }

  private String member(String vm) {
    String name = freshName("member");
    post("/vsmmus", "{\"name\":\"%s\",\"vm\":\"%s\"}".formatted(name, vm)).expect(201);
    return name;
  }

  private void attach(String vsmmu, String device, String sid) {
    post(
            "/vsmmus/" + vsmmu + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"%s\"}".formatted(device, sid))
        .expect(201);
  }

  private Answer put(String path, String json, String... headers) {
    var request =
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json, StandardCharsets.UTF_8));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static String machine(String vsmmu) {
    return """
    {"vsmmus":[{"name":"%s","frame":"0x8000000000","firstBus":8,"lastBus":15}]}
    """
        .formatted(vsmmu);
  }

  @Test
  void a_vm_shows_its_vsmmus_their_devices_and_their_physical_smmus() {
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    attach(one, DEVICE, "0x900");
    attach(two, ELSEWHERE, "0x2100");

    JsonNode shown = get("/vms/" + vm).expect(200).json();

    assertThat(shown.at("/vsmmus/0/name").asString()).isEqualTo(one);
    assertThat(shown.at("/vsmmus/0/devices/0/hostDevice").asString()).isEqualTo(DEVICE);
    assertThat(shown.at("/vsmmus/1/physicalSmmu").asString()).isEqualTo("smmu3.0x000000000b050000");
    assertThat(shown.path("physicalSmmus").size()).isEqualTo(2);
    assertThat(shown.path("addressSpaceShared").asBoolean(false)).isTrue();
    assertThat(get("/vsmmus/" + one).json().path("vm").asString()).isEqualTo(vm);
    assertThat(walk("/vms", 1)).extracting(v -> v.path("name").asString()).contains(vm);
    JsonNode problem = delete("/vms/" + vm).problem(409, "conflict");
    assertThat(problem.path("allowed").asString()).contains(one + ", " + two);

    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
    delete("/vms/" + vm).expect(204);
    get("/vms/" + vm).problem(404, "not-found");
  }

  @Test
  void a_page_of_vms_ends_when_they_have_as_many_vsmmus_as_one_page_may() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      String vm = freshName("crowd");
      names.add(vm);
      post("/vms", "{\"name\":\"%s\"}".formatted(vm)).expect(201);
      for (int j = 0; j < 8; j++) {
        post("/vsmmus", "{\"name\":\"%s-%d\",\"vm\":\"%s\"}".formatted(vm, j, vm)).expect(201);
      }
    }

    List<JsonNode> pages = new ArrayList<>();
    String after = "0";
    while (!after.isEmpty()) {
      JsonNode page = get("/vms?limit=1000&after=" + after).expect(200).json();
      pages.add(page);
      after = page.path("next").asString("");
    }

    assertThat(pages).hasSizeGreaterThan(1);
    assertThat(pages.getFirst().path("shortBecause").asString()).isEqualTo("MEMBER_LIMIT");
    List<String> listed = new ArrayList<>();
    for (JsonNode page : pages) {
      int members = 0;
      for (JsonNode vm : page.path("items")) {
        listed.add(vm.path("name").asString());
        members += vm.path("vsmmus").size();
      }
      assertThat(members).isLessThan(VmLimits.MEMBERS_OF_A_PAGE + VmLimits.VSMMUS);
    }
    assertThat(listed).containsSubsequence(names).doesNotHaveDuplicates();
    for (String vm : names) {
      for (int j = 0; j < 8; j++) {
        delete("/vsmmus/%s-%d".formatted(vm, j)).expect(204);
      }
    }
  }

  @Test
  void a_second_vsmmu_of_a_vm_behind_one_physical_smmu_is_a_conflict_with_the_remedy() {
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    attach(one, DEVICE, "0x900");
    JsonNode before = get("/vsmmus/" + two).json();

    JsonNode problem =
        post("/vsmmus/" + two + "/devices", "{\"hostDevice\":\"0000:03:00.0\",\"sid\":1}")
            .problem(409, "conflict");

    assertThat(problem.path("field").asString()).isEqualTo("hostDevice");
    assertThat(problem.path("allowed").asString()).contains("VMID", "behind " + one);
    assertThat(get("/vsmmus/" + two).json()).isEqualTo(before);
    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
  }

  @Test
  void a_vsmmu_names_a_vm_that_is_there() {
    JsonNode problem =
        post("/vsmmus", "{\"name\":\"%s\",\"vm\":\"nowhere\"}".formatted(freshName("m")))
            .problem(404, "not-found");

    assertThat(problem.path("field").asString()).isEqualTo("vm");
    assertThat(problem.path("allowed").asString()).contains("POST /api/v1/vms");
  }

  @Test
  void what_is_told_of_the_machine_is_kept_and_changed_under_its_tag() {
    String vm = vm();
    String old = get("/vms/" + vm).header("ETag");
    assertThat(get("/vms/" + vm).json().at("/machine/msiBase").asString()).isEqualTo("0x8080000");

    Answer changed =
        put(
            "/vms/" + vm + "/machine",
            """
            {"msi":"gicv2m","bridges":["\\\\_SB.PCI0","\\\\_SB.PC08"],
             "vsmmus":[{"name":"a","frame":"0x9050000",
                        "wires":{"event":106,"pri":107,"gerror":109,"sync":108}}]}
            """,
            "If-Match",
            old);

    JsonNode machine = changed.expect(200).json().path("machine");
    assertThat(machine.path("msi").asString()).isEqualTo("gicv2m");
    assertThat(machine.path("msiBase").asString()).isEqualTo("0x8020000");
    assertThat(machine.at("/bridges/1").asString()).isEqualTo("\\_SB.PC08");
    assertThat(machine.at("/vsmmus/0/wires/gerror").asInt()).isEqualTo(109);
    assertThat(get("/vms/" + vm).json().path("machine")).isEqualTo(machine);
    put("/vms/" + vm + "/machine", "{}", "If-Match", old).problem(412, "precondition-failed");
    delete("/vms/" + vm, "If-Match", old).problem(412, "precondition-failed");
    delete("/vms/" + vm, "If-Match", changed.header("ETag")).expect(204);
  }

  @Test
  void a_machine_that_makes_no_sense_is_refused_with_the_field() {
    String vm = vm();
    List<List<String>> wrong =
        List.of(
            List.of("{\"msi\":\"gicv5\"}", "machine.msi"),
            List.of("{\"bridges\":[]}", "machine.bridges"),
            List.of("{\"vsmmus\":[{\"frame\":\"0x0\"}]}", "machine.vsmmus[0].name"),
            List.of("{\"vsmmus\":[{\"name\":\"a\"}]}", "machine.vsmmus[0].frame"),
            List.of(
                "{\"vsmmus\":[{\"name\":\"a\",\"frame\":1,\"firstBus\":1}]}",
                "machine.vsmmus[0].firstBus"),
            List.of(
                "{\"vsmmus\":[{\"name\":\"a\",\"frame\":1,\"firstBus\":1,\"lastBus\":256}]}",
                "machine.vsmmus[0].lastBus"),
            List.of(
                "{\"vsmmus\":[{\"name\":\"a\",\"frame\":1},{\"name\":\"a\",\"frame\":2}]}",
                "machine.vsmmus[1].name"),
            List.of(
                "{\"vsmmus\":[{\"name\":\"a\",\"frame\":1,\"wires\":"
                    + "{\"event\":1,\"pri\":33,\"gerror\":34,\"sync\":35}}]}",
                "machine.vsmmus[0].wires.event"));

    for (List<String> one : wrong) {
      Answer refused = put("/vms/" + vm + "/machine", one.get(0));
      assertThat(refused.status()).as(one.get(0)).isEqualTo(400);
      assertThat(refused.json().path("field").asString()).isEqualTo(one.get(1));
    }
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void the_iort_has_a_node_for_each_vsmmu_and_reserves_the_msi_window() {
    String vm = vm();
    String name = member(vm);
    JsonNode missing = get("/vms/" + vm + "/acpi/iort").problem(409, "conflict");
    assertThat(missing.path("field").asString()).isEqualTo("vsmmus[" + name + "].frame");
    assertThat(missing.path("allowed").asString()).contains("PUT /api/v1/vms");
    put("/vms/" + vm + "/machine", machine(name)).expect(200);

    Answer answer = get("/vms/" + vm + "/acpi/iort").expect(200);

    assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
    ByteBuffer table = isTable(answer.bytes(), "IORT", 5);
    assertThat(table.getInt(36)).as("nodes: ITS, SMMU, root complex, RMR").isEqualTo(4);
    assertThat(types(table)).containsExactly(0, 4, 2, 6);
    assertThat(get("/vsmmus/" + name + "/acpi/iort").expect(200).bytes()).isEqualTo(answer.bytes());
    get("/vsmmus/" + name + "/acpi/iort?frame=0x1000").problem(400, "invalid-field");
    delete("/vsmmus/" + name).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void the_example_of_the_page_about_vmms_gives_tables() throws IOException {
    String page = Files.readString(Path.of("../docs/vmm.md"));
    String json = page.substring(page.indexOf("-d '{\"msi\"") + 4, page.indexOf("}]}'") + 3);
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    attach(one, DEVICE, "0x900");
    attach(two, ELSEWHERE, "0xb00");
    put("/vms/" + vm + "/machine", json.replace("vm1-0", one).replace("vm1-1", two)).expect(200);

    assertThat(page).contains("vm1-0 0000:01:00.0 0x900", "vm1-1 0000:81:00.0 0xb00");
    assertThat(types(isTable(get("/vms/" + vm + "/acpi/iort").expect(200).bytes(), "IORT", 5)))
        .containsExactly(0, 4, 4, 2, 6, 6);
    get("/vms/" + vm + "/acpi/dsm5").expect(200);
    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void a_machine_whose_parts_overlap_has_no_iort() {
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    put(
            "/vms/" + vm + "/machine",
            """
            {"vsmmus":[{"name":"%s","frame":"0x8000000000","firstBus":8,"lastBus":15},
                       {"name":"%s","frame":"0x8000010000","firstBus":15,"lastBus":16}]}
            """
                .formatted(one, two))
        .expect(200);

    JsonNode problem = get("/vms/" + vm + "/acpi/iort").problem(409, "conflict");

    assertThat(problem.path("detail").asString()).contains("apart from");
    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  /** What two vSMMUs of a machine cannot have in common, and what they can. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'frame':'0x8000000000','firstBus':8,'lastBus':9 |"
            + " 'frame':'0x8000020000','firstBus':9,'lastBus':10 | apart from the buses 8 to 9 of"
            + " ONE",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8"
            + " | 'frame':'0x8000010000','firstBus':9,'lastBus':9 | 0x8000000000 of ONE",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8,'deviceId':'0x900'"
            + " | 'frame':'0x8000020000','firstBus':9,'lastBus':9 | behind TWO",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8,'deviceId':'0xf8'"
            + " | 'frame':'0x8000020000','firstBus':9,'lastBus':9,'deviceId':'0xf8' | that of ONE",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8,"
            + "'wires':{'event':106,'pri':107,'gerror':109,'sync':108}"
            + " | 'frame':'0x8000020000','firstBus':9,'lastBus':9,"
            + "'wires':{'event':106,'pri':107,'gerror':109,'sync':108} | of ONE",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8"
            + " | 'frame':'0x8090000','firstBus':9,'lastBus':9 | its at 0x8080000",
        "'frame':'0x8000000000','firstBus':0,'lastBus':8"
            + " | 'frame':'0x8000020000','firstBus':9,'lastBus':9 | ",
        "'frame':'0x8000000000','firstBus':8,'lastBus':8,'deviceId':'0xf8'"
            + " | 'frame':'0x8000020000','firstBus':9,'lastBus':9,'deviceId':'0xf0' | "
      })
  void two_vsmmus_of_a_machine_have_nothing_in_common_that_tells_them_apart(
      String first, String second, @Nullable String reason) {
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    put(
            "/vms/" + vm + "/machine",
            "{\"vsmmus\":[{\"name\":\"%s\",%s},{\"name\":\"%s\",%s}]}"
                .formatted(one, first.replace('\'', '"'), two, second.replace('\'', '"')))
        .expect(200);

    if (reason == null) {
      get("/vms/" + vm + "/acpi/iort").expect(200);
    } else {
      JsonNode problem = get("/vms/" + vm + "/acpi/iort").problem(409, "conflict");
      assertThat(problem.path("detail").asString())
          .contains(reason.replace("ONE", one).replace("TWO", two));
    }
    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void the_messages_of_a_vsmmu_are_not_those_of_a_device_that_is_attached() {
    String vm = vm();
    String one = member(vm);
    attach(one, DEVICE, "0x0");
    put(
            "/vms/" + vm + "/machine",
            "{\"vsmmus\":[{\"name\":\"%s\",\"frame\":\"0x8000000000\"}]}".formatted(one))
        .expect(200);

    JsonNode problem = get("/vms/" + vm + "/acpi/iort").problem(409, "conflict");

    assertThat(problem.path("field").asString()).isEqualTo("vsmmus[" + one + "].deviceId");
    assertThat(problem.path("allowed").asString()).contains(DEVICE + " behind " + one);
    delete("/vsmmus/" + one).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void a_device_on_a_bus_that_is_not_its_vsmmus_has_no_iort() {
    String vm = vm();
    String name = member(vm);
    attach(name, DEVICE, "0x1000");
    put("/vms/" + vm + "/machine", machine(name)).expect(200);

    JsonNode problem = get("/vms/" + vm + "/acpi/iort").problem(409, "conflict");

    assertThat(problem.path("field").asString()).isEqualTo("vsmmus[" + name + "].devices[0x1000]");
    assertThat(problem.path("detail").asString()).contains("firstBus 8 to lastBus 15");
    delete("/vsmmus/" + name).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void the_rom_of_a_vsmmu_has_the_tables_of_its_vm_unless_it_is_switched_off() {
    String vm = vm();
    String one = member(vm);
    attach(one, DEVICE, "0x10");

    Answer answer = get("/vsmmus/" + one + "/rom").expect(200);

    assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(answer.bytes().length).isGreaterThan(2048);
    assertThat(Integer.bitCount(answer.bytes().length)).isOne();
    assertThat(ByteBuffer.wrap(answer.bytes()).getShort(0)).isEqualTo((short) 0x55AA);
    isTable(RomImage.read(answer.bytes()).iort(), "IORT", 5);
    JsonNode machine = put("/vms/" + vm + "/machine", "{\"optionRom\":\"off\"}").expect(200).json();
    assertThat(machine.at("/machine/optionRom").asString()).isEqualTo("off");
    JsonNode problem = get("/vsmmus/" + one + "/rom").problem(409, "conflict");
    assertThat(problem.path("field").asString()).isEqualTo("machine.optionRom");
    delete("/vsmmus/" + one).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void where_devices_send_msis_to_is_a_property_of_the_vm() {
    String vm = vm();
    String one = member(vm);
    assertThat(get("/vms/" + vm).json().at("/machine/guestMsi").asString()).isEqualTo("physical");
    put("/vms/" + vm + "/machine", machine(one)).expect(200);
    assertThat(model(get("/vms/" + vm + "/acpi/iort").expect(200).bytes())).isOne();

    put(
            "/vms/" + vm + "/machine",
            machine(one).replace("{\"vs", "{\"guestMsi\":\"translated\",\"vs"))
        .expect(200);

    assertThat(model(get("/vms/" + vm + "/acpi/iort").expect(200).bytes())).isZero();
    JsonNode problem =
        put("/vms/" + vm + "/machine", "{\"guestMsi\":\"virtual\"}").problem(400, "invalid-field");
    assertThat(problem.path("field").asString()).isEqualTo("machine.guestMsi");
    delete("/vsmmus/" + one).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  /** Of the SMMU, which comes behind the ITS group. */
  private static int model(byte[] iort) {
    ByteBuffer table = ByteBuffer.wrap(iort).order(ByteOrder.LITTLE_ENDIAN);
    int its = table.getInt(40);
    return table.getInt(its + table.getShort(its + 1) + 40);
  }

  @Test
  void dsm5_is_an_ssdt_for_the_host_bridges() {
    String vm = vm();

    byte[] table = get("/vms/" + vm + "/acpi/dsm5").expect(200).bytes();

    isTable(table, "SSDT", 2);
    assertThat(new String(table, StandardCharsets.ISO_8859_1)).contains("_SB_PCI0", "_DSM");
    put("/vms/" + vm + "/machine", "{\"bridges\":[\"PCI0\"]}").expect(200);
    assertThat(get("/vms/" + vm + "/acpi/dsm5").problem(409, "conflict").path("detail").asString())
        .contains("PCI0", "absolute ACPI name");
    delete("/vms/" + vm).expect(204);
  }

  @Test
  void acpicas_disassembler_reads_both_tables_without_a_complaint(@TempDir Path folder)
      throws Exception {
    Optional<String> iasl = iasl();
    assumeThat(iasl).as("iasl on the PATH or in VSMMU_IASL").isPresent();
    assumeThat(version(iasl.orElseThrow())).isGreaterThanOrEqualTo(KNOWS_REVISION_5);
    String vm = vm();
    String one = member(vm);
    String two = member(vm);
    put(
            "/vms/" + vm + "/machine",
            """
            {"bridges":["\\\\_SB.PCI0"],
             "vsmmus":[{"name":"%s","frame":"0x8000000000","firstBus":8,"lastBus":15},
                       {"name":"%s","frame":"0x8000020000","firstBus":16,"lastBus":31}]}
            """
                .formatted(one, two))
        .expect(200);

    for (String table : List.of("iort", "dsm5")) {
      Path file = folder.resolve(table + ".aml");
      Files.write(file, get("/vms/" + vm + "/acpi/" + table).expect(200).bytes());
      String said = run(iasl.orElseThrow(), "-d", file.toString());
      assertThat(said).doesNotContainIgnoringCase("error").doesNotContainIgnoringCase("warning");
      assertThat(Files.readString(folder.resolve(table + ".dsl")))
          .doesNotContain("Unknown", "**** Invalid");
    }
    delete("/vsmmus/" + one).expect(204);
    delete("/vsmmus/" + two).expect(204);
    delete("/vms/" + vm).expect(204);
  }

  private static String version(String iasl) throws Exception {
    Matcher version = Pattern.compile("version ([0-9]{8})").matcher(run(iasl, "-v"));
    return version.find() ? version.group(1) : "";
  }

  private static String run(String... command) throws Exception {
    Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(run.waitFor()).as(said).isZero();
    return said;
  }

  private static Optional<String> iasl() {
    String named = System.getenv("VSMMU_IASL");
    if (named != null) {
      return Optional.of(named);
    }
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "iasl"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  static ByteBuffer isTable(byte[] bytes, String signature, int revision) {
    ByteBuffer table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo(signature);
    assertThat(table.getInt(4)).isEqualTo(bytes.length);
    assertThat(bytes[8]).isEqualTo((byte) revision);
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    assertThat(sum & 0xFF).as("checksum").isZero();
    return table;
  }

  private static List<Integer> types(ByteBuffer iort) {
    List<Integer> types = new ArrayList<>();
    int at = iort.getInt(40);
    while (at < iort.capacity()) {
      types.add((int) iort.get(at));
      at += iort.getShort(at + 1);
    }
    return types;
  }
}
