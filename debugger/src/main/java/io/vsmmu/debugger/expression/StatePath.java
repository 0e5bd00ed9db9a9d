package io.vsmmu.debugger.expression;

import io.vsmmu.smmu.model.VsmmuState;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A path into the state of a vSMMU, by the names of the expression language: {@code
 * streams["0x900"].ste[0]}, {@code registers.CR0.SMMUEN}, {@code streams["0x900"]}, {@code
 * streams}. Immutable and thread-safe.
 */
public final class StatePath {

  /** A group with more names shows only those whose value is not 0, as {@code state} does. */
  private static final int MANY_NAMES = 128;

  private final String text;
  private final Target target;

  private StatePath(String text, Target target) {
    this.text = text;
    this.target = target;
  }

  /**
   * Parses a path.
   *
   * @throws MalformedExpressionException if it is none, or names what the state does not have
   */
  public static StatePath of(String text) {
    Syntax.Path path = Parser.parsePath(text);
    return new StatePath(text, new Paths(text).resolve(path, List.of(), false));
  }

  /** The path as it was written. */
  public String text() {
    return text;
  }

  /** The key of the item of a list of the state that the path leads to, or into. */
  public OptionalLong keyIn(String list) {
    List<Access.Link> links = target.access().links();
    return !links.isEmpty()
            && links.getFirst() instanceof Access.Link.Find(Member.Items items, long key)
            && items.name().equals(list)
        ? OptionalLong.of(key)
        : OptionalLong.empty();
  }

  /**
   * Whether two states have the same value there. A group, an item and a list are the same if all
   * of their values are, except since when they hold; that is a value if it is asked for by itself.
   */
  public boolean isSame(VsmmuState before, VsmmuState after) {
    Moment old = Moment.of(before);
    Moment now = Moment.of(after);
    return Sameness.of(target, old, reach(old), now, reach(now));
  }

  /**
   * The value as {@code state} shows it: a string, a number, true or false, a list or a map of
   * them, or null if it is absent.
   *
   * @param positions gives the position of a sequence of the vSMMU, null if it is unknown
   */
  public @Nullable Object shown(VsmmuState state, LongFunction<@Nullable Long> positions) {
    Moment moment = new Moment(state, state, null, positions);
    return shown(target, moment, reach(moment));
  }

  private @Nullable Object reach(Moment moment) {
    return Evaluation.reach(target.access(), moment);
  }

  private static @Nullable Object shown(Target target, Moment moment, @Nullable Object reached) {
    if (reached == null) {
      return null;
    }
    return switch (target) {
      case Target.Plain(Access _, Member.Value member, boolean _) -> member.shown(reached);
      case Target.Group(Access _, Shape shape) -> group(shape, moment, reached);
      case Target.Listed(Access _, Access _, Member.Items items) ->
          ((Collection<?>) reached)
              .stream().map(item -> group(items.shape(), moment, item)).toList();
    };
  }

  private static Map<String, @Nullable Object> group(Shape shape, Moment moment, Object owner) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    boolean many = shape.members().size() > MANY_NAMES;
    for (Member member : shape.members()) {
      Object value = shown(member, moment, owner);
      if (!many || !Objects.equals(value, 0L)) {
        values.put(member.name(), value);
      }
    }
    return values;
  }

  private static @Nullable Object shown(Member member, Moment moment, Object owner) {
    return switch (member) {
      case Member.Value value -> value.shown(value.reader().read(moment, owner));
      case Member.Part part -> {
        Object inner = part.reader().read(moment, owner);
        yield inner == null ? null : group(part.shape(), moment, inner);
      }
      case Member.Items items ->
          items.all().of(moment, owner).stream()
              .map(item -> group(items.shape(), moment, item))
              .toList();
    };
  }
}
