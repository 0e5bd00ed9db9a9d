package io.vsmmu.cli.client;

import io.vsmmu.cli.output.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Polls the progress of an import on a thread of its own while the upload waits for its answer, and
 * can stop the import.
 */
public final class ImportWatch implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final ServiceClient service;
  private final String path;
  private final Thread looking;

  /**
   * @param id of the import
   * @param seen receives the progress every 500 ms, on the thread of this object
   */
  public ImportWatch(ServiceClient service, UUID id, Consumer<JsonNode> seen) {
    this.service = service;
    this.path = "/recordings/" + id;
    this.looking = Thread.ofVirtual().name("import-watch").start(() -> look(seen));
  }

  private void look(Consumer<JsonNode> seen) {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        progress().ifPresent(seen);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Empty when the service does not answer: the request of the import itself reports the reason.
   */
  private Optional<JsonNode> progress() {
    try {
      return Optional.of(service.get(path).body());
    } catch (Failure notNow) {
      return Optional.empty();
    }
  }

  /** Stops the import. True if the service confirms that nothing of it is stored. */
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
