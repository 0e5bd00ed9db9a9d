package io.vsmmu.projections.query;

import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.view.StateView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two moments of a vSMMU differ in, section by section of {@link StateView}; sections without
 * a difference are absent. Since when something is as it is does not count as a difference.
 *
 * @param from position of the earlier moment
 * @param to position of the later moment
 */
public record StateDiff(long from, long to, SequencedMap<String, List<Difference>> sections) {

  /**
   * One difference.
   *
   * @param item the StreamID, the handle, the address, or null where a section has no items
   * @param field name, with {@code decoded.} before the fields of an STE; empty when the whole item
   *     came or went
   * @param before null if it was not there
   * @param after null if it is not there
   */
  public record Difference(
      @Nullable String item, String field, @Nullable Object before, @Nullable Object after) {}

  /** What tells the items of a section apart. */
  private static final Map<String, String> IDENTITIES =
      Map.of(
          "streams", "sid",
          "hwpts", "handle",
          "objects", "handle",
          "devices", "sid",
          "memory", "address");

  /** Which moment it is, and since when: no properties of the state. */
  private static final Set<String> PLACES = Set.of("position", "sequence", "time", "since");

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return sections.isEmpty();
  }

  /** The differences between two moments of the same vSMMU. */
  public static StateDiff between(StateAtEvent from, StateAtEvent to) {
    Map<String, @Nullable Object> before = view(from);
    Map<String, @Nullable Object> after = view(to);
    SequencedMap<String, List<Difference>> sections = new LinkedHashMap<>();
    for (String section : before.keySet()) {
      List<Difference> differences = new ArrayList<>();
      compare(differences, section, before.get(section), after.get(section));
      if (!differences.isEmpty()) {
        sections.put(section, List.copyOf(differences));
      }
    }
    return new StateDiff(from.position(), to.position(), sections);
  }

  private static Map<String, @Nullable Object> view(StateAtEvent moment) {
    Map<String, @Nullable Object> view =
        new LinkedHashMap<>(
            StateView.of(moment.position(), moment.time(), moment.state(), sequence -> null));
    view.keySet().removeAll(PLACES);
    return view;
  }

  private static void compare(
      List<Difference> into, String section, @Nullable Object before, @Nullable Object after) {
    String identity = IDENTITIES.get(section);
    if (identity == null) {
      fields(into, null, before instanceof Map ? "" : section, before, after);
      return;
    }
    Map<String, Object> olds = items(identity, before);
    Map<String, Object> news = items(identity, after);
    Set<String> names = new LinkedHashSet<>(olds.keySet());
    names.addAll(news.keySet());
    for (String name : names) {
      if (olds.containsKey(name) && news.containsKey(name)) {
        fields(into, name, "", olds.get(name), news.get(name));
      } else {
        into.add(new Difference(name, "", olds.get(name), news.get(name)));
      }
    }
  }

  private static Map<String, Object> items(String identity, @Nullable Object section) {
    Map<String, Object> items = new LinkedHashMap<>();
    if (section instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> tree) {
          items.put(String.valueOf(tree.get(identity)), tree);
        }
      }
    }
    return items;
  }

  private static void fields(
      List<Difference> into,
      @Nullable String item,
      String name,
      @Nullable Object before,
      @Nullable Object after) {
    if (before instanceof Map<?, ?> olds && after instanceof Map<?, ?> news) {
      Set<Object> keys = new LinkedHashSet<>(olds.keySet());
      keys.addAll(news.keySet());
      String prefix = name.isEmpty() ? "" : name + ".";
      for (Object key : keys) {
        if (!PLACES.contains(String.valueOf(key))) {
          fields(into, item, prefix + key, olds.get(key), news.get(key));
        }
      }
    } else if (!Objects.equals(before, after)) {
      into.add(new Difference(item, name, before, after));
    }
  }
}
