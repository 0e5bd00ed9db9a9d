package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Comparisons of recordings give what a person counts in the traces: of a guest that boots twice on
 * two accelerated vSMMUs, one with an unused device and one with a NIC that is unplugged at the
 * end.
 */
class CompareRecordingsTest extends RestTest {

  private static final Path TRACE =
      Path.of("../recordings/src/test/resources/accel-two-vsmmu-unplug.trace.log.gz");

  private static Map<String, Long> counts(JsonNode kinds) {
    Map<String, Long> counts = new TreeMap<>();
    kinds.forEach(kind -> counts.put(kind.path("access").asString(), kind.path("count").asLong()));
    return counts;
  }

  @Test
  void two_vsmmus_of_one_guest_and_its_two_boots_differ_in_what_the_traces_show()
      throws IOException {
    String name = freshName("two");
    upload("/recordings?format=qemu-trace&name=" + name, Files.readAllBytes(TRACE)).expect(201);
    String unused = name + "-a";
    String nic = name + "-b";
    long reset =
        walk("/vsmmus/" + nic + "/events?type=VsmmuReset", 100).getLast().path("position").asLong();

    JsonNode two =
        get("/vsmmus/%s/compare?with=%s&normalise=true".formatted(unused, nic)).expect(200).json();
    JsonNode boots =
        get("/vsmmus/%s/compare?with=%s&normalise=true&to=%d&otherFrom=%d"
                .formatted(nic, nic, reset - 1, reset))
            .expect(200)
            .json();

    // The NIC's guest drives it with TLB invalidations, each with a CMD_SYNC, and has it unplugged.
    assertThat(two.path("onlyInA")).isEmpty();
    assertThat(counts(two.path("onlyInB")))
        .isEqualTo(
            Map.of(
                "TLBI_NH_VA", 1906L,
                "CMD_SYNC", 1911L,
                "CFGI_STE", 2L,
                "CFGI_CD", 2L,
                "PREFETCH_CONFIG", 1L,
                "TLBI_NH_ASID", 1L,
                "detach a device", 1L));
    // One of the two hosts' SMMUs has range invalidation.
    assertThat(two.at("/values/0/field").asString()).isEqualTo("IDR3");
    assertThat(two.path("streams")).isEmpty();
    assertThat(two.at("/a/completion/doorbells").asLong()).isPositive();

    Map<String, Long> first = counts(boots.path("onlyInA"));
    Map<String, Long> second = counts(boots.path("onlyInB"));
    assertThat(more(second, first, "TLBI_NH_VA")).isEqualTo(1081 - 825);
    assertThat(more(second, first, "CMD_SYNC")).isEqualTo(1096 - 835);
    assertThat(more(second, first, "CFGI_STE")).isEqualTo(6 - 4);
    assertThat(more(second, first, "CFGI_CD")).isEqualTo(6 - 4);
    assertThat(more(second, first, "TLBI_NH_ASID")).isEqualTo(1);
    assertThat(boots.path("different").asLong()).isZero();
  }

  private static long more(Map<String, Long> one, Map<String, Long> other, String access) {
    return one.getOrDefault(access, 0L) - other.getOrDefault(access, 0L);
  }
}
