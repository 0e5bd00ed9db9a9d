package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.vmm.VfioUserClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is negotiated. */
class CapabilitiesTest {

  private static String reply(String proposed, int room) {
    return new String(Capabilities.parse(proposed).reply(room), StandardCharsets.UTF_8);
  }

  @Test
  void the_reply_contains_those_proposed_capabilities_that_the_server_has() {
    assertThat(reply(VfioUserClient.QEMU_CAPABILITIES, 4096))
        .isEqualTo(
            "{\"capabilities\":{\"write_multiple\":true,\"max_data_xfer_size\":1048576,"
                + "\"max_msg_fds\":16,\"max_dma_maps\":1024}}\0");
    assertThat(reply("{\"capabilities\":{\"twin_socket\":{\"supported\":true}}}", 4096))
        .isEqualTo("{\"capabilities\":{}}\0");
  }

  @Test
  void the_reply_is_never_longer_than_there_is_room() {
    for (int room = 0; room < 140; room++) {
      String reply = reply(VfioUserClient.QEMU_CAPABILITIES, room);
      assertThat(reply.length()).isLessThanOrEqualTo(room);
      assertThat(reply.isEmpty()).isEqualTo(room < "{\"capabilities\":{}}".length() + 1);
      if (!reply.isEmpty()) {
        assertThat(Capabilities.parse(reply.substring(0, reply.length() - 1))).isNotNull();
      }
    }
    assertThat(reply(VfioUserClient.QEMU_CAPABILITIES, 50)).contains("write_multiple");
  }

  @Test
  void a_vmm_that_proposes_nothing_gets_the_defaults() {
    assertThat(Capabilities.parse("").transfer()).isEqualTo(1 << 20);
    assertThat(Capabilities.parse("{}").transfer()).isEqualTo(1 << 20);
    assertThat(Capabilities.parse("{\"capabilities\":{}}").transfer()).isEqualTo(1 << 20);
  }

  @Test
  void transfers_are_as_long_as_both_sides_can() {
    assertThat(Capabilities.parse("{\"capabilities\":{\"max_data_xfer_size\":64}}").transfer())
        .isEqualTo(64);
    assertThat(
            Capabilities.parse("{\"capabilities\":{\"max_data_xfer_size\":9223372036854775807}}")
                .transfer())
        .isEqualTo(1 << 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "{",
        "[]",
        "null",
        "1",
        " ",
        "{} {}",
        "{\"capabilities\":1}",
        "{\"capabilities\":null}",
        "{\"capabilities\":{\"max_msg_fds\":\"8\"}}",
        "{\"capabilities\":{\"max_msg_fds\":-1}}",
        "{\"capabilities\":{\"max_data_xfer_size\":0}}",
        "{\"capabilities\":{\"max_data_xfer_size\":1.5}}",
        "{\"capabilities\":{\"max_data_xfer_size\":99999999999999999999}}",
        "{\"capabilities\":{\"max_dma_maps\":{}}}",
        "{\"capabilities\":{\"write_multiple\":1}}"
      })
  void malformed_capabilities_are_refused(String json) {
    assertThat(Capabilities.parse(json)).isNull();
  }

  @Test
  void deep_nesting_is_malformed_and_no_more() {
    assertThat(Capabilities.parse("[".repeat(4000))).isNull();
    assertThat(Capabilities.parse("{\"a\":".repeat(800))).isNull();
  }
}
