package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service that is killed with SIGKILL while it stores a recording. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class KilledImportTest {

  /** Reads that a driver could make for ever, after the recording: about 40 MB. */
  private static final String READS =
      "smmuv3_read_mmio addr: 0x20 val:0xd size: 0x4(0)\n".repeat(4096);

  private static final String SAMPLE = "/samples/qemu-11.1.3-accel-e1000e.trace.log";
  private static final int TIMES = 200;
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  private static InputStream recording(int times) {
    byte[] reads = READS.getBytes(StandardCharsets.UTF_8);
    return new SequenceInputStream(
        Collections.enumeration(
            Stream.concat(
                    Stream.of(KilledImportTest.class.getResourceAsStream(SAMPLE)),
                    Stream.generate(() -> new ByteArrayInputStream(reads)).limit(times))
                .toList()));
  }

  private static CompletableFuture<HttpResponse<String>> imports(
      HttpClient http, ServiceProcess service, int times) throws IOException {
    return http.sendAsync(
        service
            .request("/api/v1/recordings?format=qemu-trace&name=recorded")
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofInputStream(() -> recording(times)))
            .build(),
        BodyHandlers.ofString());
  }

  /** Whether an import has given events to the log. */
  private static boolean stores(ServiceProcess service) {
    try {
      JsonNode items = JSON.readTree(service.get("/api/v1/recordings").body()).path("items");
      return !items.isEmpty() && items.get(0).path("events").asLong() > 0;
    } catch (Exception notNow) {
      return false;
    }
  }

  @Test
  void nothing_of_its_recording_is_left_and_its_name_is_free() throws Exception {
    Path data = folder.resolve("data");
    try (HttpClient http = HttpClient.newHttpClient()) {
      try (ServiceProcess first = ServiceProcess.started(data, folder)) {
        CompletableFuture<HttpResponse<String>> cut = imports(http, first, TIMES);
        ServiceProcess.await("the import stores", () -> stores(first));
        first.kill();
        assertThat(cut).failsWithin(Duration.ofSeconds(30));
      }
      try (ServiceProcess second = ServiceProcess.started(data, folder)) {
        assertThat(second.get("/api/v1/vsmmus").body()).contains("\"items\":[]");
        assertThat(second.get("/api/v1/recordings").body()).contains("\"items\":[]");

        HttpResponse<String> again = imports(http, second, 0).get();

        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
        JsonNode name = JSON.readTree(again.body()).at("/vsmmus/0/name");
        assertThat(name.asString()).isEqualTo("recorded");
      }
    }
  }
}
