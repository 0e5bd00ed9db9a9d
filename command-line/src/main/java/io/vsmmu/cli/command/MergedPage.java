package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.ServiceClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pages of several vSMMUs as one, in the order of the log. Each was asked for from the same
 * position on, so what lies up to the earliest end of a page that goes on is complete.
 */
final class MergedPage {

  private static final String NEXT = "next";

  private MergedPage() {}

  /**
   * The page.
   *
   * @param pages answers by the name of the vSMMU
   * @param most how many items it has at most; those of one position stay together
   */
  static ObjectNode of(SequencedMap<String, JsonNode> pages, int most) {
    long complete =
        pages.values().stream()
            .filter(page -> page.hasNonNull(NEXT))
            .mapToLong(page -> page.path(NEXT).asLong(0))
            .min()
            .orElse(Long.MAX_VALUE);
    List<ObjectNode> items = new ArrayList<>();
    for (Map.Entry<String, JsonNode> page : pages.entrySet()) {
      for (JsonNode item : Pages.items(page.getValue())) {
        if (position(item) <= complete) {
          ObjectNode named =
              ServiceClient.JSON.createObjectNode().put(MergedCommand.VSMMU, page.getKey());
          item.properties().forEach(member -> named.set(member.getKey(), member.getValue()));
          items.add(named);
        }
      }
    }
    items.sort(Comparator.comparingLong(MergedPage::position));
    long last = items.size() > most ? position(items.get(most - 1)) : complete;
    ObjectNode merged = ServiceClient.JSON.createObjectNode();
    ArrayNode list = merged.putArray("items");
    items.stream().filter(item -> position(item) <= last).forEach(list::add);
    if (last == Long.MAX_VALUE) {
      merged.putNull(NEXT);
    } else {
      merged.put(NEXT, last);
    }
    return merged;
  }

  /** Of an event, an invalidation or a failure; a finding has a first one. */
  private static long position(JsonNode item) {
    return item.has("position") ? item.path("position").asLong(0) : item.path("from").asLong(0);
  }
}
