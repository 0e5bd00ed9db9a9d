package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
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
 * Merges the pages of several vSMMUs into one, in the order of the log. All pages begin after the
 * same position. Of the pages that have a next one, the one that ends first limits the merged page:
 * behind its end items may be missing.
 */
final class MergedPage {

  private static final String NEXT = "next";
  private static final String RULES = "rules";
  private static final String UNLISTED = "beyond";

  private MergedPage() {}

  /**
   * Merges pages.
   *
   * @param pages answers by the name of the vSMMU
   * @param most the largest number of items; more only if the last ones have the same position
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
      for (JsonNode item : PagedList.items(page.getValue())) {
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
    addRules(pages, merged);
    return merged;
  }

  /**
   * Adds what a page of findings has besides its items: the rules, and how many findings are not
   * listed, here those of all vSMMUs together.
   */
  private static void addRules(SequencedMap<String, JsonNode> pages, ObjectNode merged) {
    ObjectNode rules = ServiceClient.JSON.createObjectNode();
    ObjectNode unlisted = ServiceClient.JSON.createObjectNode();
    for (JsonNode page : pages.values()) {
      page.path(RULES).properties().forEach(rule -> rules.set(rule.getKey(), rule.getValue()));
      page.path(UNLISTED)
          .properties()
          .forEach(
              rule ->
                  unlisted.put(
                      rule.getKey(),
                      unlisted.path(rule.getKey()).asLong(0) + rule.getValue().asLong(0)));
    }
    if (!rules.isEmpty()) {
      merged.set(RULES, rules);
    }
    if (!unlisted.isEmpty()) {
      merged.set(UNLISTED, unlisted);
    }
  }

  /** Events, invalidations and failures have {@code position}; a finding has {@code from}. */
  private static long position(JsonNode item) {
    return item.has("position") ? item.path("position").asLong(0) : item.path("from").asLong(0);
  }
}
