package io.vsmmu.acceptance.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Applies what {@code GET .../diff} says to a state of {@code GET .../state}. States become trees
 * of sorted maps, lists of items keyed by what names them; what is null is left out, and so is
 * since when something is as it is.
 */
final class Patch {

  private static final Map<String, String> KEYS =
      Map.of("streams", "sid", "hwpts", "handle", "objects", "handle", "devices", "sid");
  private static final Set<String> PLACES = Set.of("position", "sequence", "time", "since");

  private Patch() {}

  static Map<String, Object> comparable(JsonNode state) {
    Map<String, Object> sections = new TreeMap<>();
    for (Map.Entry<String, JsonNode> section : state.properties()) {
      String key = KEYS.get(section.getKey());
      Object value = key == null ? tree(section.getValue()) : items(key, section.getValue());
      if (value != null && !PLACES.contains(section.getKey())) {
        sections.put(section.getKey(), value);
      }
    }
    return sections;
  }

  static Map<String, Object> applied(JsonNode state, JsonNode diff) {
    Map<String, Object> patched = comparable(state);
    for (Map.Entry<String, JsonNode> section : diff.path("sections").properties()) {
      for (JsonNode difference : section.getValue()) {
        apply(patched, section.getKey(), difference);
      }
    }
    return patched;
  }

  private static void apply(Map<String, Object> state, String section, JsonNode difference) {
    String field = difference.path("field").asString();
    Object after = tree(difference.path("after"));
    if (difference.path("item").isNull()) {
      if (state.get(section) instanceof Map<?, ?> && !field.equals(section)) {
        set(map(state.get(section)), field, after);
      } else {
        set(state, section, after);
      }
      return;
    }
    Map<String, Object> items = map(state.get(section));
    String item = difference.path("item").asString();
    if (field.isEmpty()) {
      set(items, item, after);
      return;
    }
    Map<String, Object> target = map(items.get(item));
    int dot = field.indexOf('.');
    if (dot >= 0) {
      target = map(target.computeIfAbsent(field.substring(0, dot), name -> new TreeMap<>()));
    }
    set(target, field.substring(dot + 1), after);
  }

  /** The diff in the other direction. */
  static JsonNode reversed(JsonNode diff) {
    Map<String, Object> sections = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> section : diff.path("sections").properties()) {
      sections.put(
          section.getKey(),
          section
              .getValue()
              .valueStream()
              .map(
                  it ->
                      Answer.JSON
                          .createObjectNode()
                          .set("item", it.path("item"))
                          .asObject()
                          .set("field", it.path("field"))
                          .asObject()
                          .set("before", it.path("after"))
                          .asObject()
                          .set("after", it.path("before")))
              .toList());
    }
    return Answer.JSON.valueToTree(Map.of("sections", sections));
  }

  private static Map<String, Object> items(String key, JsonNode list) {
    Map<String, Object> items = new TreeMap<>();
    for (JsonNode item : list) {
      items.put(item.path(key).asString(), tree(item));
    }
    return items;
  }

  private static @Nullable Object tree(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (!node.isObject()) {
      return node;
    }
    Map<String, Object> tree = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      Object value = tree(member.getValue());
      if (value != null && !PLACES.contains(member.getKey())) {
        tree.put(member.getKey(), value);
      }
    }
    return tree;
  }

  private static void set(Map<String, Object> target, String name, @Nullable Object value) {
    if (value == null) {
      target.remove(name);
    } else {
      target.put(name, value);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object tree) {
    if (tree instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new AssertionError("not a tree: " + tree);
  }
}
