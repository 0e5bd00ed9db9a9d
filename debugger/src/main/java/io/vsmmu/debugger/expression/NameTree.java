package io.vsmmu.debugger.expression;

import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Every name of the language of conditions, for programs that help to write one. Immutable. */
public final class NameTree {

  private NameTree() {}

  /**
   * A name below its owner.
   *
   * @param type what the value is, as in {@code number} or {@code list of texts}; {@code group} for
   *     names below this one, {@code items} for items with a key
   * @param key what is written in brackets to get one item, such as {@code sid}; null unless the
   *     type is {@code items}
   * @param values every text that the value can have, sorted; empty if there are others
   * @param members the names of the group, of one item, or the fields of the number, in the order
   *     in which they are shown
   */
  public record Name(
      String name,
      String type,
      String meaning,
      @Nullable String key,
      List<String> values,
      List<Name> members) {}

  /** The names of the state, which stand alone. */
  public static List<Name> state() {
    return names(StateNames.ROOT);
  }

  /** The names below {@code event}. */
  public static List<Name> event() {
    return names(EventNames.EVENT);
  }

  private static List<Name> names(Shape shape) {
    return shape.members().stream().map(NameTree::name).toList();
  }

  private static Name name(Member member) {
    return switch (member) {
      case Member.Value it -> value(it);
      case Member.Part it ->
          new Name(it.name(), "group", it.meaning(), null, List.of(), names(it.shape()));
      case Member.Items it ->
          new Name(it.name(), "items", it.meaning(), it.key(), List.of(), names(it.shape()));
    };
  }

  private static Name value(Member.Value it) {
    Shape bits = it.bits();
    return new Name(
        it.name(),
        type(it),
        it.meaning(),
        null,
        List.copyOf(new TreeSet<>(it.constants())),
        bits == null ? List.of() : names(bits));
  }

  /** What a value is, as the documentation writes it. */
  static String type(Member.Value value) {
    String one =
        switch (value.type()) {
          case NUMBER -> value.bits() == null ? "number" : "number with fields";
          case TEXT -> "text";
          case TRUTH -> "truth";
          case INSTANT -> "instant";
        };
    return value.several() ? "list of " + one + "s" : one;
  }
}
