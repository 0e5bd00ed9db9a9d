package io.vsmmu.cli.client;

import io.vsmmu.cli.outcome.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Looks how far an import is while its request waits for the answer, and stops it. */
public final class ImportWatch implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(500);

  private final ServiceClient service;
  private final String path;
  private final Thread looking;

  /**
   * @param id of the import
   * @param seen told again and again how far it is
   */
  public ImportWatch(ServiceClient service, UUID id, Consumer<JsonNode> seen) {
    this.service = service;
    this.path = "/recordings/" + id;
    this.looking = Thread.ofVirtual().name("import-watch").start(() -> look(seen));
  }

  private void look(Consumer<JsonNode> seen) {
    try {
      while (true) {
        Thread.sleep(LOOK);
        progress().ifPresent(seen);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  /** What cannot be told now may be later: the import itself says what is wrong. */
  private Optional<JsonNode> progress() {
    try {
      return Optional.of(service.get(path).body());
    } catch (Failure notNow) {
      return Optional.empty();
    }
  }

  /** Stops the import; whether the service says that nothing of it is left. */
  public boolean stop() {
    try {
      JsonNode after = service.deleteUnversioned(path).body();
      return after.path("status").asString("").equals("STOPPED");
    } catch (Failure over) {
      return false;
    }
  }

  @Override
  public void close() {
    looking.interrupt();
    try {
      looking.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
