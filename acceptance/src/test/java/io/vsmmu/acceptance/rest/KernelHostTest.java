package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.posix.Errno;
import io.vsmmu.testing.StubKernel;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/** The kernel's host behind the API, on a kernel whose answers are known. */
@Import(StubbedKernel.class)
class KernelHostTest extends RestTest {

  private static final StubKernel KERNEL = StubbedKernel.KERNEL;

  private JsonNode device(String address) {
    for (JsonNode device : get("/hosts/local").expect(200).json().path("devices")) {
      if (device.path("address").asString().equals(address)) {
        return device;
      }
    }
    throw new AssertionError("not listed: " + address);
  }

  private JsonNode refusedAttach(String vsmmu, String address, int status, String type) {
    return post(
            "/vsmmus/" + vsmmu + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x10\"}".formatted(address))
        .problem(status, type);
  }

  @Test
  void the_host_tells_its_values_decoded_and_which_devices_can_be_had() {
    JsonNode host = get("/hosts/local").expect(200).json();

    assertThat(host.path("kind").asString()).isEqualTo("iommufd");
    assertThat(host.path("usable").asBoolean()).isTrue();
    assertThat(host.path("problems").isEmpty()).isTrue();
    assertThat(host.at("/smmus/0/properties"))
        .isEqualTo(
            Answer.JSON.readTree(
                """
                {"ats":true,"ril":true,"oas":48,"ssidsize":8,"sidsize":16,
                "granules":["4K","16K","64K"],"nesting":true,"s2fwb":true,
                "twoLevelStreamTable":true,"repeatsInvalidations":false}
                """));
    assertThat(device(StubKernel.NIC).path("assignable").asBoolean()).isFalse();
    assertThat(device(StubKernel.NIC).at("/problem/kind").asString()).isEqualTo("OTHER_DRIVER");
    assertThat(device(StubKernel.NIC).at("/problem/remedy").asString()).contains("driverctl");
  }

  @Test
  void a_device_on_a_driver_of_the_host_is_refused_with_the_remedy() {
    JsonNode problem = refusedAttach(created("nic"), StubKernel.NIC, 409, "conflict");

    assertThat(problem.path("value").asString()).contains(StubKernel.NIC, "driver e1000e");
    assertThat(problem.path("allowed").asString()).contains("driverctl set-override");
  }

  @Test
  void a_device_that_is_not_there_is_told_with_those_that_are() {
    JsonNode problem = refusedAttach(created("none"), "0000:7f:00.0", 404, "not-found");

    assertThat(problem.path("allowed").asString()).contains(StubKernel.DEVICE, "lspci");
  }

  @Test
  void what_the_kernel_refuses_while_attaching_is_explained_and_undone() {
    String name = created("late");
    KERNEL.refuse(Ioctl.IOMMU_VIOMMU_ALLOC, Errno.EOPNOTSUPP);
    JsonNode problem;
    try {
      problem = refusedAttach(name, StubKernel.OTHER, 422, "host-refused");
    } finally {
      KERNEL.allow(Ioctl.IOMMU_VIOMMU_ALLOC);
    }

    assertThat(problem.path("value").asString()).contains("ALLOC_VIOMMU", "EOPNOTSUPP");
    assertThat(problem.path("allowed").asString()).contains("CANWBS");
    assertThat(get("/vsmmus/" + name + "/devices").json().path("items").isEmpty()).isTrue();
    assertThat(device(StubKernel.OTHER).path("vsmmu").isNull()).isTrue();
  }

  @Test
  void a_device_that_a_process_opened_is_taken_attached_and_shown_as_its_vsmmus() throws Exception {
    String name = created("opened");
    Process process = new ProcessBuilder("sh", "-c", "exec 3</dev/null; echo; exec cat").start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('\n');
      String body = "{\"pid\":%d,\"fd\":%d}";

      assertThat(post("/hosts/local/devices", body.formatted(process.pid(), 3)).expect(201).json())
          .isEqualTo(
              Answer.JSON.readTree(
                  "{\"hostDevice\":\"%s\",\"again\":false}".formatted(StubKernel.DEVICE)));
      JsonNode pipe =
          post("/hosts/local/devices", body.formatted(process.pid(), 0))
              .problem(400, "invalid-field");
      assertThat(pipe.path("field").asString()).isEqualTo("fd");
      assertThat(pipe.path("allowed").asString()).contains("/dev/vfio/devices/");
    } finally {
      process.destroy();
    }
    KERNEL.forbid("vfio0");
    try {
      post(
              "/vsmmus/" + name + "/devices",
              "{\"hostDevice\":\"%s\",\"sid\":\"0x10\"}".formatted(StubKernel.DEVICE))
          .expect(201);
    } finally {
      KERNEL.permit("vfio0");
    }

    assertThat(device(StubKernel.DEVICE).path("vsmmu").asString()).isEqualTo(name);
    assertThat(device(StubKernel.DEVICE).path("assignable").asBoolean()).isFalse();
    delete("/vsmmus/" + name + "/devices/0x10").expect(204);
    assertThat(device(StubKernel.DEVICE).path("vsmmu").isNull()).isTrue();
  }

  @Test
  void what_is_offered_wrongly_is_told_by_field() {
    post("/hosts/local/devices", "{\"fd\":3}").problem(400, "missing-field");
    post("/hosts/local/devices", "{\"pid\":0,\"fd\":3}").problem(400, "invalid-field");
    post("/hosts/local/devices", "{\"pid\":1,\"fd\":-1}").problem(400, "invalid-field");
    post("/hosts/local/devices", "{\"pid\":1,\"fd\":3,\"x\":1}").problem(400, "unknown-field");
    JsonNode ended =
        post("/hosts/local/devices", "{\"pid\":2147483647,\"fd\":3}").problem(404, "not-found");
    assertThat(ended.path("field").asString()).isEqualTo("pid");
  }

  @Test
  void a_withdrawal_is_repeatable_and_knows_its_devices() {
    delete("/hosts/local/devices/" + StubKernel.DEVICE).expect(204);
    delete("/hosts/local/devices/" + StubKernel.DEVICE).expect(204);
    delete("/hosts/local/devices/0000:7f:00.0").problem(404, "not-found");
  }
}
