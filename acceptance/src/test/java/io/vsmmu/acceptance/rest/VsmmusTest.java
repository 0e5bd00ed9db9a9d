package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.IdField;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class VsmmusTest extends RestTest {

  @Test
  void a_list_shows_each_as_it_is_alone() {
    accelerated();
    emulated();
    String paused = created("listed");
    post("/vsmmus/" + paused + ":pause").expect(200);
    delete("/vsmmus/" + created("gone")).expect(204);

    List<JsonNode> listed = walk("/vsmmus?deleted=true", 1000);

    assertThat(listed).hasSizeGreaterThanOrEqualTo(4);
    for (JsonNode each : listed) {
      assertThat(each).isEqualTo(get("/vsmmus/" + each.path("id").asString()).json());
    }
    assertThat(walk("/vsmmus?deleted=true", 2)).isEqualTo(listed);
  }

  @Test
  void a_list_by_name_has_those_whose_name_contains_the_text_page_by_page() {
    String part = freshName("named");
    List<String> names = List.of(created(part), created("a-" + part), created(part));

    List<JsonNode> listed = walk("/vsmmus?name=" + part.toUpperCase(Locale.ROOT), 2);

    assertThat(listed).extracting(it -> it.path("name").asString()).isEqualTo(names);
    assertThat(walk("/vsmmus?name=%25" + part, 2)).isEmpty();
  }

  @Test
  void a_created_vsmmu_is_answered_with_id_name_and_socket_and_can_be_found_there() {
    String name = freshName("vm");

    Answer created =
        post(
            "/vsmmus",
            """
            {"name":"%s","properties":{"ats":"on","ril":"off","oas":44,"ssidsize":"0x8","msi":"on"},
             "durability":"bounded-loss"}
            """
                .formatted(name));

    created.expect(201);
    assertThat(created.header("Location")).isEqualTo("/api/v1/vsmmus/" + name);
    JsonNode vsmmu = created.json();
    assertThat(vsmmu.path("id").asString()).matches("[0-9a-f-]{36}");
    assertThat(vsmmu.path("name").asString()).isEqualTo(name);
    assertThat(vsmmu.path("socket").asString()).contains("/" + name);
    assertThat(vsmmu.path("lifecycle").asString()).isEqualTo("RUNNING");
    assertThat(vsmmu.path("durability").asString()).isEqualTo("JOURNALED");
    assertThat(vsmmu.at("/properties/ats").asString()).isEqualTo("ON");
    assertThat(vsmmu.at("/properties/ril").asString()).isEqualTo("OFF");
    assertThat(vsmmu.at("/properties/oas").asInt()).isEqualTo(44);
    assertThat(vsmmu.at("/properties/ssidsize").asInt()).isEqualTo(8);
    assertThat(vsmmu.at("/properties/msi").asString()).isEqualTo("ON");
    assertThat(vsmmu.at("/vmm/connected").asBoolean(true)).isFalse();
    assertThat(vsmmu.at("/vmm/connections").asInt(-1)).isZero();
    assertThat(get("/vsmmus/" + name).expect(200).json()).isEqualTo(vsmmu);
    assertThat(get("/vsmmus/" + vsmmu.path("id").asString()).expect(200).json()).isEqualTo(vsmmu);
    assertThat(walk("/vsmmus", 1)).contains(vsmmu);
  }

  @Test
  void msi_shows_in_idr0_from_the_beginning_when_it_is_on_and_follows_the_vmm_by_default() {
    String on = freshName("vm");
    post("/vsmmus", "{\"name\":\"%s\",\"properties\":{\"msi\":\"on\"}}".formatted(on)).expect(201);
    String auto = created("vm");

    assertThat(idr0(on) & IdField.MSI.bits().mask()).isNotZero();
    assertThat(idr0(auto) & IdField.MSI.bits().mask()).isZero();
    JsonNode state = get("/vsmmus/" + auto + "/state").expect(200).json();
    assertThat(state.at("/properties/msi").asString()).isEqualTo("AUTO");
    assertThat(state.at("/vmm/connected").asBoolean(true)).isFalse();
    assertThat(state.path("memory").isArray()).isTrue();
  }

  @Test
  void msi_is_on_off_or_auto() {
    Answer refused =
        post(
            "/vsmmus",
            "{\"name\":\"%s\",\"properties\":{\"msi\":\"maybe\"}}".formatted(freshName("vm")));

    assertThat(refused.expect(400).json().toString()).contains("properties.msi", "maybe");
  }

  private long idr0(String name) {
    return register(name, "IDR0");
  }

  private long register(String vsmmu, String register) {
    JsonNode state = get("/vsmmus/" + vsmmu + "/state").expect(200).json();
    return Long.decode(state.at("/registers/" + register).asString());
  }

  @ParameterizedTest
  @CsvSource({"32, 0", "36, 1", "40, 2", "42, 3", "44, 4", "48, 5", "52, 6", "56, 7"})
  void every_output_address_size_can_be_chosen_and_is_what_the_guest_reads(int bits, int encoding) {
    String name = freshName("vm");

    post("/vsmmus", "{\"name\":\"%s\",\"properties\":{\"oas\":%d}}".formatted(name, bits))
        .expect(201);

    assertThat(IdField.OAS.bits().get(register(name, "IDR5"))).isEqualTo(encoding);
  }

  @Test
  void operators_reset_pause_and_resume_and_every_change_has_their_subject() {
    String name = created("vm");

    assertThat(post("/vsmmus/" + name + ":pause").expect(200).json().path("lifecycle").asString())
        .isEqualTo("PAUSED");
    assertThat(post("/vsmmus/" + name + ":resume").expect(200).json().path("lifecycle").asString())
        .isEqualTo("RUNNING");
    post("/vsmmus/" + name + ":reset").expect(200);

    List<JsonNode> events = walk("/vsmmus/" + name + "/events", 10);
    assertThat(events.stream().map(e -> e.path("type").asString()))
        .startsWith("VsmmuCreated", "VsmmuPaused", "VsmmuResumed", "VsmmuReset");
    assertThat(events)
        .filteredOn(e -> e.path("cause").isNull())
        .extracting(e -> e.path("subject").asString())
        .containsOnly("local");
  }

  @Test
  void a_deleted_vsmmu_frees_its_name_and_stays_readable_by_its_id() {
    String name = created("vm");
    String id = get("/vsmmus/" + name).json().path("id").asString();

    assertThat(delete("/vsmmus/" + name).expect(204).bytes()).isEmpty();

    get("/vsmmus/" + name).problem(404, "not-found");
    JsonNode deleted = get("/vsmmus/" + id).expect(200).json();
    assertThat(deleted.path("lifecycle").asString()).isEqualTo("DELETED");
    assertThat(deleted.path("deletedAt").isNull()).isFalse();
    assertThat(walk("/vsmmus/" + id + "/events", 10).getLast().path("type").asString())
        .isEqualTo("VsmmuDeleted");
    assertThat(walk("/vsmmus?deleted=true", 100)).contains(deleted);
    assertThat(walk("/vsmmus", 100)).doesNotContain(deleted);
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(201);
  }

  @Test
  void nothing_is_called_like_an_id_which_stays_what_it_names() {
    String id = get("/vsmmus/" + created("vm")).json().path("id").asString();
    String body = "{\"name\":\"%s\"}".formatted(id);
    byte[] sample = sample("/samples/qemu-11.1.3-accel-e1000e.trace.log");

    for (Answer refused :
        List.of(
            post("/vsmmus", body),
            post("/vms", body),
            upload("/recordings?format=qemu-trace&name=" + id, sample),
            upload("/recordings?format=qemu-trace&name=a," + id, sample))) {
      JsonNode problem = refused.problem(400, "invalid-field");
      assertThat(problem.path("field").asString()).isEqualTo("name");
      assertThat(problem.path("allowed").asString()).contains("no UUID");
    }

    String brief = "1-1-1-1-1";
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(brief)).expect(201);
    assertThat(get("/vsmmus/" + brief).json().path("name").asString()).isEqualTo(brief);
    delete("/vsmmus/" + brief).expect(204);
    get("/vsmmus/" + brief).problem(404, "not-found");
  }

  @Test
  void a_change_with_an_old_etag_is_refused_and_changes_nothing() {
    String name = created("vm");
    String old = get("/vsmmus/" + name).header("ETag");
    post("/vsmmus/" + name + ":pause").expect(200);
    JsonNode now = get("/vsmmus/" + name).json();

    JsonNode problem =
        delete("/vsmmus/" + name, "If-Match", old).problem(412, "precondition-failed");

    assertThat(problem.path("field").asString()).isEqualTo("If-Match");
    assertThat(problem.path("value").asString()).isEqualTo(old);
    post("/vsmmus/" + name + ":resume", "", "If-Match", old).problem(412, "precondition-failed");
    assertThat(get("/vsmmus/" + name).json()).isEqualTo(now);
    String current = get("/vsmmus/" + name).header("ETag");
    assertThat(current).startsWith("W/\"").isNotEqualTo(old);
    post("/vsmmus/" + name + ":resume", "", "If-Match", current).expect(200);
    delete("/vsmmus/" + name, "If-Match", "*").expect(204);
  }

  @Test
  void the_imported_log_of_a_live_vsmmu_can_be_read_but_takes_no_stimuli() {
    String name = created("vm");
    byte[] log = get("/vsmmus/" + name + "/export").expect(200).bytes();
    String copy = freshName("copy");
    upload("/recordings?format=vsmmu&name=" + copy, log).expect(201);
    JsonNode before = get("/vsmmus/" + copy).expect(200).json();

    post("/vsmmus/" + copy + ":reset").problem(409, "conflict");

    assertThat(get("/vsmmus/" + copy).json()).isEqualTo(before);
    delete("/vsmmus/" + copy).expect(204);
    post("/vsmmus/" + name + ":reset").expect(200);
  }

  @Test
  void an_unchanged_vsmmu_is_not_sent_again() {
    String name = created("vm");
    String etag = get("/vsmmus/" + name).header("ETag");

    Answer again = send(request("/vsmmus/" + name).header("If-None-Match", etag).GET());

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.bytes()).isEmpty();
  }

  @Test
  void a_host_device_is_attached_shown_in_the_state_and_detached() {
    String name = created("vm");
    String device = freeDevice();

    Answer attached =
        post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\",\"ats\":\"off\"}".formatted(device));

    attached.expect(201);
    assertThat(attached.header("Location")).isEqualTo("/api/v1/vsmmus/" + name + "/devices/0x900");
    assertThat(attached.json().path("hostDevice").asString()).isEqualTo(device);
    assertThat(get("/vsmmus/" + name + "/devices/0x900").expect(200).json())
        .isEqualTo(attached.json());
    JsonNode state = get("/vsmmus/" + name + "/state").json();
    assertThat(MainJobTest.stream(state, "0x900").path("device").asString()).isEqualTo(device);
    assertThat(get("/vsmmus/" + name + "/hwpts").json().path("items").size()).isPositive();
    assertThat(get("/vsmmus/" + name).json().path("devices").size()).isEqualTo(1);

    delete("/vsmmus/" + name + "/devices/2304").expect(204);

    assertThat(get("/vsmmus/" + name).json().path("devices").size()).isZero();
    delete("/vsmmus/" + name + "/devices/0x900").problem(404, "not-found");
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_device_that_the_host_does_not_have_is_refused_with_those_it_has() {
    String name = created("vm");
    JsonNode before = get("/vsmmus/" + name).json();

    JsonNode problem =
        post("/vsmmus/" + name + "/devices", "{\"hostDevice\":\"0000:ff:00.0\",\"sid\":1}")
            .problem(404, "not-found");

    assertThat(problem.path("field").asString()).isEqualTo("hostDevice");
    assertThat(problem.path("allowed").asString()).contains("0000:01:00.0");
    assertThat(get("/vsmmus/" + name).json()).isEqualTo(before);
  }

  @Test
  void a_recording_can_be_read_but_takes_no_requests() {
    accelerated();
    JsonNode before = get("/vsmmus/accelerated").json();

    post("/vsmmus/accelerated:reset").problem(409, "conflict");
    post("/vsmmus/accelerated:pause").problem(409, "conflict");
    post("/vsmmus/accelerated/devices", "{\"hostDevice\":\"0000:01:00.0\",\"sid\":1}")
        .problem(409, "conflict");

    assertThat(get("/vsmmus/accelerated").json()).isEqualTo(before);
    assertThat(before.path("origin").asString()).isEqualTo("QEMU_TRACE");
    assertThat(before.at("/recording/finished").asBoolean()).isTrue();
    assertThat(before.at("/health/status").asString()).isEqualTo("OK");
  }

  @Test
  void the_host_shows_its_smmus_its_devices_and_what_its_kernel_lacks() {
    JsonNode host = get("/hosts/local").expect(200).json();

    assertThat(host.path("smmus").size()).isEqualTo(2);
    assertThat(host.at("/smmus/0/ids/IDR0").asString()).startsWith("0x");
    assertThat(host.path("devices").size()).isEqualTo(5);
    assertThat(host.at("/devices/0/sids/0").asString()).startsWith("0x");
    assertThat(host.path("kernel").has("missing")).isTrue();
    assertThat(host.path("kind").asString()).isEqualTo("simulated");
    assertThat(host.path("problems").isEmpty()).isTrue();
    assertThat(host.at("/smmus/0/properties/oas").asInt()).isBetween(32, 56);
  }

  @Test
  void a_simulated_host_takes_no_descriptors() {
    JsonNode problem =
        post("/hosts/local/devices", "{\"pid\":1,\"fd\":3}").problem(422, "host-refused");

    assertThat(problem.path("allowed").asString()).contains("--host iommufd");
    delete("/hosts/local/devices/0000:01:00.0").problem(422, "host-refused");
  }

  private String freeDevice() {
    for (JsonNode device : get("/hosts/local").json().path("devices")) {
      if (device.path("boundToVfio").asBoolean()) {
        return device.path("address").asString();
      }
    }
    throw new AssertionError("no device is bound to vfio");
  }
}
