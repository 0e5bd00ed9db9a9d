package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the machine around a vSMMU has to have, layouts, and which host could carry it. */
class PlatformTest extends RestTest {

  private static final String DEVICE = "0000:02:00.0";

  @ParameterizedTest
  @CsvSource({
    "'', its, 0x8090040",
    "'?msi=gicv2m', gicv2m, 0x8020040",
    "'?msi=its&msiBase=0x30000000', its, 0x30010040"
  })
  void the_msi_doorbell_is_that_of_the_interrupt_controller(
      String query, String controller, String doorbell) {
    String name = created("platform");

    JsonNode platform = get("/vsmmus/" + name + "/platform" + query).expect(200).json();

    assertThat(platform.at("/msi/controller").asString()).isEqualTo(controller);
    assertThat(platform.at("/msi/doorbell").asString()).isEqualTo(doorbell);
    assertThat(platform.at("/reservedWindow/base").asString()).isEqualTo("0x8000000");
    assertThat(platform.at("/reservedWindow/size").asString()).isEqualTo("0x100000");
    assertThat(platform.path("preserveBootConfiguration").asBoolean(false)).isTrue();
    assertThat(platform.path("acpiRequired").asBoolean(false)).isTrue();
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_controller_that_lies_nowhere_is_refused() {
    String name = created("platform");

    get("/vsmmus/" + name + "/platform?msi=gicv4").problem(400, "invalid-field");
    JsonNode problem =
        get("/vsmmus/" + name + "/platform?msiBase=0x8080001").problem(409, "conflict");

    assertThat(problem.path("field").asString()).isEqualTo("its.base");
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_device_with_pasids_has_a_capability_of_the_width_that_host_and_vsmmu_have() {
    String name = freshName("platform");
    post("/vsmmus", "{\"name\":\"%s\",\"properties\":{\"ssidsize\":12}}".formatted(name))
        .expect(201);
    post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\"}".formatted(DEVICE))
        .expect(201);

    JsonNode device = get("/vsmmus/" + name + "/platform").expect(200).json().at("/devices/0");

    assertThat(device.path("sid").asString()).isEqualTo("0x900");
    assertThat(device.at("/pasid/width").asInt()).isEqualTo(12);
    assertThat(device.at("/pasid/offset").asString()).isEqualTo("0xff8");
    assertThat(device.at("/pasid/controlMask").asString()).isEqualTo("0x1");
    assertThat(device.path("problem").isNull()).isTrue();
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_vsmmu_without_a_vm_gets_its_iort_from_what_the_request_tells() {
    String name = created("platform");

    byte[] table =
        get("/vsmmus/" + name + "/acpi/iort?frame=0x8000000000&firstBus=8&lastBus=9")
            .expect(200)
            .bytes();
    byte[] wired =
        get("/vsmmus/"
                + name
                + "/acpi/iort?frame=0x9050000&msi=gicv2m&wires=106,107,109,108"
                + "&firstBus=0&lastBus=255")
            .expect(200)
            .bytes();

    ByteBuffer iort = VmsTest.isTable(table, "IORT", 5);
    assertThat(iort.getInt(36)).isEqualTo(4);
    assertThat(VmsTest.isTable(wired, "IORT", 5).getInt(36)).isEqualTo(3);
    get("/vsmmus/" + name + "/acpi/iort").problem(400, "missing-field");
    get("/vsmmus/" + name + "/acpi/iort?frame=0x8000000000&firstBus=8")
        .problem(400, "invalid-field");
    get("/vsmmus/" + name + "/acpi/iort?frame=0x8000000000&wires=1,2")
        .problem(400, "invalid-field");
    get("/vsmmus/" + name + "/acpi/iort?frame=0x8000000000&msi=gicv2m").problem(409, "conflict");
    get("/vsmmus/" + name + "/acpi/iort?frame=0x8000000001").problem(409, "conflict");
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_layout_that_was_proposed_can_be_made() {
    JsonNode layout =
        post(
                "/hosts/local:place",
                "{\"devices\":[\"0000:03:00.0\",\"0000:81:00.0\"],\"vm\":\"%s\"}"
                    .formatted(freshName("placed")))
            .expect(200)
            .json();

    assertThat(layout.path("vsmmus").size()).isEqualTo(2);
    assertThat(layout.at("/vsmmus/0/devices").size()).isEqualTo(2);
    assertThat(layout.at("/notes/0").asString()).contains("0000:03:00.1");
    assertThat(layout.at("/vsmmu/qemu").asString()).contains("vfio-user-pci");
    assertThat(layout.at("/accelerated/qemu").asString()).contains("accel=on");
    assertThat(layout.at("/accelerated/libvirt").asString()).contains("smmuv3");
    String vmName = layout.path("vm").asString();
    assertThat(layout.at("/vsmmu/run").asString())
        .startsWith("./vsmmu run %s --device 0000:03:00.0=0x900@%s-0,".formatted(vmName, vmName));
    assertThat(layout.at("/accelerated/run").isNull()).isTrue();
    assertThat(layout.at("/vsmmu/libvirt").asString())
        .contains("<hostdev", "iommufd=", "vfio-user-pci")
        .doesNotContain("fdgroup");
    assertThat(layout.at("/vsmmu/notes/0").asString())
        .startsWith("libvirt: ")
        .contains("POST /api/v1/hosts/local/vmms", "\"sid\":\"0x900\"");
    post("/vms", "{\"name\":\"%s\"}".formatted(layout.path("vm").asString())).expect(201);
    for (JsonNode vsmmu : layout.path("vsmmus")) {
      post(
              "/vsmmus",
              "{\"name\":%s,\"vm\":%s,\"properties\":%s}"
                  .formatted(vsmmu.path("name"), vsmmu.path("vm"), vsmmu.path("properties")))
          .expect(201);
      for (JsonNode device : vsmmu.path("devices")) {
        post(
                "/vsmmus/" + vsmmu.path("name").asString() + "/devices",
                "{\"hostDevice\":%s,\"sid\":%s,\"ats\":%s}"
                    .formatted(device.path("hostDevice"), device.path("sid"), device.path("ats")))
            .expect(201);
      }
    }
    JsonNode vm = get("/vms/" + layout.path("vm").asString()).expect(200).json();
    assertThat(vm.path("physicalSmmus").size()).isEqualTo(2);
    for (JsonNode vsmmu : layout.path("vsmmus")) {
      delete("/vsmmus/" + vsmmu.path("name").asString()).expect(204);
    }
    delete("/vms/" + layout.path("vm").asString()).expect(204);
  }

  @Test
  void a_layout_is_told_in_the_words_of_the_named_releases() {
    String device = "{\"devices\":[\"0000:01:00.0\"]%s}";

    JsonNode usual = post("/hosts/local:place", device.formatted("")).expect(200).json();
    JsonNode newer =
        post("/hosts/local:place", device.formatted(",\"qemu\":\"11.1.3\"")).expect(200).json();
    JsonNode older =
        post("/hosts/local:place", device.formatted(",\"qemu\":\"10.1\",\"libvirt\":\"12.1\""))
            .expect(200)
            .json();
    JsonNode wrong =
        post("/hosts/local:place", device.formatted(",\"qemu\":\"new\""))
            .problem(400, "invalid-field");

    assertThat(usual.at("/accelerated/qemu").asString())
        .contains("accel=on")
        .doesNotContain("cmdqv");
    assertThat(usual.at("/accelerated/libvirt").asString()).doesNotContain("cmdqv");
    assertThat(usual.at("/accelerated/notes/0").asString()).contains("11.1");
    assertThat(newer.at("/accelerated/qemu").asString()).contains("cmdqv=off");
    assertThat(newer.at("/accelerated/notes").size()).isZero();
    assertThat(older.at("/accelerated/qemu").isNull()).isTrue();
    assertThat(older.at("/accelerated/problems/0").asString()).contains("11.0 or later");
    assertThat(older.at("/vsmmu/qemu").asString()).contains("vfio-user-pci");
    JsonNode group =
        post("/hosts/local:place", device.formatted(",\"fdGroup\":\"g\"")).expect(200).json();
    assertThat(group.at("/vsmmu/libvirt").asString()).contains("fdgroup='g'");
    JsonNode early =
        post("/hosts/local:place", device.formatted(",\"fdGroup\":\"g\",\"libvirt\":\"12.1\""))
            .expect(200)
            .json();
    assertThat(early.at("/vsmmu/libvirt").isNull()).isTrue();
    assertThat(early.at("/vsmmu/problems/0").asString()).contains("12.2 or later", "fdgroup");
    JsonNode name =
        post("/hosts/local:place", device.formatted(",\"fdGroup\":\"a b\""))
            .problem(400, "invalid-field");
    assertThat(name.path("field").asString()).isEqualTo("fdGroup");
    assertThat(wrong.path("field").asString()).isEqualTo("qemu");
  }

  @Test
  void a_layout_that_cannot_be_is_refused_with_every_reason() {
    JsonNode problem =
        post("/hosts/local:place", "{\"devices\":[\"virtio0\",\"0000:ff:00.0\"]}")
            .problem(422, "host-refused");

    assertThat(problem.path("reasons").size()).isEqualTo(2);
    post("/hosts/local:place", "{}").problem(400, "missing-field");
    post("/hosts/local:place", "{\"devices\":[]}").problem(400, "invalid-field");
    post("/hosts/local:place", "{\"devices\":[\"0000:01:00.0\",\"0000:01:00.0\"]}")
        .problem(400, "invalid-field");
    post("/hosts/local:place", "{\"devices\":[\"0000:01:00.0\"],\"firstBus\":0}")
        .problem(400, "invalid-field");
    post("/hosts/local:place", "{\"devices\":[\"0000:01:00.0\"],\"firstBus\":255}")
        .problem(409, "conflict");
  }

  @Test
  void a_vsmmu_fits_the_host_where_it_lives_and_a_recording_is_told_what_it_lacks() {
    String name = created("platform");
    post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\"}".formatted(DEVICE))
        .expect(201);

    JsonNode here = post("/vsmmus/" + name + ":check-host").expect(200).json();
    JsonNode moved =
        post(
                "/vsmmus/" + name + ":check-host",
                "{\"devices\":{\"%s\":\"0000:ff:00.0\"}}".formatted(DEVICE))
            .expect(200)
            .json();

    assertThat(here.path("fits").asBoolean(false)).as("%s", here).isTrue();
    assertThat(here.path("differences").size()).isZero();
    assertThat(moved.path("fits").asBoolean(true)).isFalse();
    assertThat(moved.at("/differences/0/field").asString()).isEqualTo("devices[" + DEVICE + "]");
    post("/vsmmus/" + name + ":check-host", "{\"devices\":{\"a\":null}}")
        .problem(400, "invalid-field");
    delete("/vsmmus/" + name).expect(204);
    accelerated();
    assertThat(post("/vsmmus/accelerated:check-host").expect(200).json().has("fits")).isTrue();
  }

  @Test
  void a_part_that_the_log_does_not_have_is_refused() {
    String name = created("platform");
    String check = "/vsmmus/" + name + ":check-host";
    String wanted = "{\"devices\":{\"0000:09:00.0\":\"0000:01:00.0\"}}";

    JsonNode without = post(check, wanted).problem(400, "invalid-field");
    post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\"}".formatted(DEVICE))
        .expect(201);
    JsonNode problem = post(check, wanted).problem(400, "invalid-field");

    assertThat(without.path("allowed").asString()).contains("attaches no device");
    assertThat(problem.path("field").asString()).isEqualTo("devices");
    assertThat(problem.path("value").asString()).isEqualTo("0000:09:00.0");
    assertThat(problem.path("allowed").asString()).contains(DEVICE);
    delete("/vsmmus/" + name + "/devices/0x900").expect(204);
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_device_outside_the_told_buses_has_no_iort() {
    String name = created("platform");
    post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\"}".formatted(DEVICE))
        .expect(201);
    String iort = "/vsmmus/" + name + "/acpi/iort?frame=0x8000000000";

    JsonNode problem = get(iort + "&firstBus=10&lastBus=12").problem(409, "conflict");

    assertThat(problem.path("detail").asString()).contains("0x900", "firstBus 10 to lastBus 12");
    get(iort + "&firstBus=9&lastBus=9").expect(200);
    get(iort).expect(200);
    delete("/vsmmus/" + name).expect(204);
  }
}
