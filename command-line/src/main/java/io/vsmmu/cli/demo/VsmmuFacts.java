package io.vsmmu.cli.demo;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the demonstration found out about one imported vSMMU.
 *
 * @param imported its part of the import's answer
 * @param state its last state
 * @param histories the life of each stream, in the order of the state
 * @param findings what the lint rules found
 * @param invalidations invalidations that the service's simulated host executed
 * @param withheldCds the number of CFGI_CD commands of streams with a device that were not
 *     forwarded
 * @param replays results, one for each mode
 */
record VsmmuFacts(
    JsonNode imported,
    JsonNode state,
    List<List<JsonNode>> histories,
    List<JsonNode> findings,
    HostInvalidations invalidations,
    long withheldCds,
    List<ReplayResult> replays) {

  VsmmuFacts {
    histories = List.copyOf(histories);
    findings = List.copyOf(findings);
    replays = List.copyOf(replays);
  }

  /**
   * Invalidations that a host executed.
   *
   * @param calls the number of ioctls
   * @param entries the number of commands in them
   */
  record HostInvalidations(long calls, long entries) {}

  record ReplayResult(String mode, JsonNode answer) {}

  String name() {
    return imported.path("name").asString("");
  }

  /** The number of commands of every kind. */
  long commands() {
    return imported.path("commands").valueStream().mapToLong(n -> n.asLong(0)).sum();
  }

  /** The number of operations that the events asked of the host in the replay of the events. */
  long hostOperations() {
    return replays.getFirst().answer().path("hostOperations").asLong(0);
  }
}
