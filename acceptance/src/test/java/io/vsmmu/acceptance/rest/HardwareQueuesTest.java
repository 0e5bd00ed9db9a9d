package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code /vsmmus/{name}/hw-queues}. */
class HardwareQueuesTest extends RestTest {

  private static final String QUEUE = "{\"index\":0,\"address\":\"0x48000000\",\"size\":65536}";

  private String vsmmu(String properties) {
    String name = freshName("cmdqv");
    post("/vsmmus", "{\"name\":\"%s\"%s}".formatted(name, properties)).expect(201);
    return name;
  }

  @Test
  void a_vsmmu_whose_operator_did_not_accept_a_blind_log_refuses_with_the_remedy() {
    String name = vsmmu("");

    Answer refused = post("/vsmmus/" + name + "/hw-queues", QUEUE);

    assertThat(refused.expect(409).json().toString()).contains("cmdqv", "off", "accept_blind");
    assertThat(get("/vsmmus/" + name).json().at("/properties/cmdqv").asString()).isEqualTo("OFF");
  }

  @Test
  void one_whose_operator_did_needs_a_device_and_is_not_blind_before_there_is_a_queue() {
    String name = vsmmu(",\"properties\":{\"cmdqv\":\"accept_blind\"}");

    Answer refused = post("/vsmmus/" + name + "/hw-queues", QUEUE);

    assertThat(refused.expect(409).json().toString()).contains("devices");
    assertThat(get("/vsmmus/" + name).json().at("/properties/cmdqv").asString())
        .isEqualTo("ACCEPT_BLIND");
    assertThat(get("/vsmmus/" + name + "/hw-queues").expect(200).json().path("items")).isEmpty();
    assertThat(get("/vsmmus/" + name + "/state").expect(200).json().path("blind")).isEmpty();
  }

  @Test
  void values_that_are_none_are_refused_by_name() {
    String name = vsmmu("");

    assertThat(
            post("/vsmmus/" + name + "/hw-queues", "{\"index\":0}").expect(400).json().toString())
        .contains("address");
    assertThat(
            post("/vsmmus", "{\"name\":\"x\",\"properties\":{\"cmdqv\":\"on\"}}")
                .expect(400)
                .json()
                .toString())
        .contains("properties.cmdqv", "on");
  }
}
