package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class HealthTest extends RestTest {

  @Test
  void readiness_is_up_when_log_writer_and_projector_work() {
    JsonNode health = get("/actuator/health/readiness").expect(200).json();

    assertThat(health.path("status").asString()).isEqualTo("UP");
    assertThat(health.at("/components/logWriter/status").asString()).isEqualTo("UP");
    assertThat(health.at("/components/projector/status").asString()).isEqualTo("UP");
  }

  @Test
  void prometheus_sees_how_far_log_and_projector_are() {
    created("vm");

    String metrics = get("/actuator/prometheus").expect(200).text();

    assertThat(metrics)
        .containsPattern("(?m)^vsmmu_log_events_total [1-9]")
        .containsPattern("(?m)^vsmmu_projector_position ")
        .contains("http_server_requests_seconds");
  }
}
