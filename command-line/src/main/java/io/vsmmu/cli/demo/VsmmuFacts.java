package io.vsmmu.cli.demo;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the demonstration found out about one imported vSMMU.
 *
 * @param imported its part of the import's answer
 * @param state its last state
 * @param histories the life of each stream, in the order of the state
 * @param findings what the rules found
 * @param invalidations what our host was asked to invalidate
 * @param withheldCds CFGI_CD of streams with a device that did not go to our host
 * @param replays results, one for each mode
 */
record VsmmuFacts(
    JsonNode imported,
    JsonNode state,
    List<List<JsonNode>> histories,
    List<JsonNode> findings,
    Invalidations invalidations,
    long withheldCds,
    List<ReplayResult> replays) {

  VsmmuFacts {
    histories = List.copyOf(histories);
    findings = List.copyOf(findings);
    replays = List.copyOf(replays);
  }

  /**
   * Invalidations of a host.
   *
   * @param calls system calls
   * @param entries commands in them
   */
  record Invalidations(long calls, long entries) {}

  /** A finished replay. */
  record ReplayResult(String mode, JsonNode answer) {}

  String name() {
    return imported.path("name").asString("");
  }

  /** Commands of every kind. */
  long commands() {
    return imported.path("commands").valueStream().mapToLong(n -> n.asLong(0)).sum();
  }

  /** Operations that our host was asked for when the events were applied to it. */
  long hostOperations() {
    return replays.getFirst().answer().path("hostOperations").asLong(0);
  }
}
