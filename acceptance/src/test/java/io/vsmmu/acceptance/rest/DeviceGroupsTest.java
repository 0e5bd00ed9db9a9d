package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an operator reads about devices that share an iommu group. */
class DeviceGroupsTest extends RestTest {

  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final String ALONE = "0000:02:00.0";

  private JsonNode attached(String vsmmu, String device, String sid) {
    return post(
            "/vsmmus/" + vsmmu + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"%s\"}".formatted(device, sid))
        .expect(201)
        .json();
  }

  private JsonNode missing(String vsmmu, String sid) {
    return get("/vsmmus/" + vsmmu + "/devices/" + sid).expect(200).json().path("groupMissing");
  }

  @Test
  void an_attach_that_leaves_a_group_incomplete_names_what_is_missing() {
    String name = created("group");

    JsonNode first = attached(name, F0, "0x300");
    JsonNode state = get("/vsmmus/" + name + "/state").expect(200).json();
    JsonNode listed = get("/vsmmus/" + name + "/devices").expect(200).json();
    JsonNode second = attached(name, F1, "0x301");

    assertThat(first.path("groupMissing").size()).isEqualTo(1);
    assertThat(first.at("/groupMissing/0").asString()).isEqualTo(F1);
    assertThat(state.at("/devices/0/groupMissing/0").asString()).isEqualTo(F1);
    assertThat(listed.at("/items/0/groupMissing/0").asString()).isEqualTo(F1);
    assertThat(second.path("groupMissing").size()).isZero();
    assertThat(missing(name, "0x300").size()).isZero();

    delete("/vsmmus/" + name + "/devices/0x300").expect(204);
    assertThat(missing(name, "0x301").get(0).asString()).isEqualTo(F0);
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_device_alone_in_its_group_misses_nothing() {
    String name = created("group");

    assertThat(attached(name, ALONE, "0x200").path("groupMissing").size()).isZero();

    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_local_replay_is_refused_a_device_whose_group_is_larger_than_in_the_log() {
    String name = created("group");
    attached(name, ALONE, "0x200");

    JsonNode problem =
        post(
                "/replays",
                "{\"vsmmu\":\"%s\",\"host\":\"local\",\"devices\":{\"%s\":\"%s\"}}"
                    .formatted(name, ALONE, F0))
            .problem(422, "host-refused");

    assertThat(problem.path("field").asString()).isEqualTo("devices." + ALONE);
    assertThat(problem.path("allowed").asString()).contains(F1, "map another device");
    delete("/vsmmus/" + name).expect(204);
  }
}
