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
 * The differences between two states, of one vSMMU at two points of its log or of two vSMMUs, by
 * section of {@link StateView}. Sections without a difference are absent. A different {@code since}
 * is no difference.
 *
 * @param from position of the first state
 * @param to position of the second state
 */
public record StateDiff(long from, long to, SequencedMap<String, List<Difference>> sections) {

  /**
   * One difference.
   *
   * @param item the StreamID, handle or address of the item, null in a section without items
   * @param field the field's name, with the prefix {@code decoded.} for a field of an STE; empty
   *     when the whole item was added or removed
   * @param before null if it was absent
   * @param after null if it is absent
   */
  public record Difference(
      @Nullable String item, String field, @Nullable Object before, @Nullable Object after) {}

  /** By section: the field that identifies an item. */
  private static final Map<String, String> IDENTITIES =
      Map.of(
          "streams", "sid",
          "hwpts", "handle",
          "objects", "handle",
          "devices", "sid",
          "memory", "address");

  /** Fields that say which point of the log a state belongs to, and since when something holds. */
  private static final Set<String> POINT_FIELDS = Set.of("position", "sequence", "time", "since");

  /**
   * The differences between two states, of one vSMMU or of two.
   *
   * @param normalised whether host objects are compared by what they are ({@link ObjectNames}), and
   *     not by their handles and kernel ids
   */
  public static StateDiff between(StateAtEvent from, StateAtEvent to, boolean normalised) {
    Map<String, @Nullable Object> before = view(from, normalised);
    Map<String, @Nullable Object> after = view(to, normalised);
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

  private static Map<String, @Nullable Object> view(StateAtEvent moment, boolean normalised) {
    Map<String, @Nullable Object> view =
        new LinkedHashMap<>(
            StateView.of(moment.position(), moment.time(), moment.state(), sequence -> null));
    view.keySet().removeAll(POINT_FIELDS);
    if (normalised) {
      ObjectNames names = new ObjectNames(moment.state());
      view.replaceAll((section, tree) -> names.named(tree));
    }
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
        if (!POINT_FIELDS.contains(String.valueOf(key))) {
          fields(into, item, prefix + key, olds.get(key), news.get(key));
        }
      }
    } else if (!Objects.equals(before, after)) {
      into.add(new Difference(item, name, before, after));
    }
  }
}
