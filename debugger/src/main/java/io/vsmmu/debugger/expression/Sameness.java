package io.vsmmu.debugger.expression;

import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether two states have the same values below a path. Since when something holds is no value, as
 * in a diff of two states.
 */
final class Sameness {

  private static final String SINCE = "since";

  private Sameness() {}

  /** Compares what a path leads to at two moments; null stands for nothing. */
  static boolean of(
      Target target, Moment before, @Nullable Object old, Moment after, @Nullable Object now) {
    if (old == null || now == null) {
      return old == null && now == null;
    }
    return switch (target) {
      case Target.Plain _ -> old.equals(now);
      case Target.Group(Access _, Shape shape) -> of(shape, before, old, after, now);
      case Target.Listed(Access _, Access _, Member.Items items) ->
          of(items, before, (Collection<?>) old, after, (Collection<?>) now);
    };
  }

  /** The key of an item. */
  static long key(Member.Items items, Moment moment, Object item) {
    Optional<Member> member = items.shape().member(items.key());
    return member.isPresent()
            && member.get() instanceof Member.Value value
            && value.reader().read(moment, item) instanceof Long key
        ? key
        : 0;
  }

  private static boolean of(Shape shape, Moment before, Object old, Moment after, Object now) {
    for (Member member : shape.members()) {
      if (!member.name().equals(SINCE) && !of(member, before, old, after, now)) {
        return false;
      }
    }
    return true;
  }

  private static boolean of(Member member, Moment before, Object old, Moment after, Object now) {
    return switch (member) {
      case Member.Value value ->
          Objects.equals(value.reader().read(before, old), value.reader().read(after, now));
      case Member.Part part -> {
        Object oldPart = part.reader().read(before, old);
        Object newPart = part.reader().read(after, now);
        if (oldPart == null || newPart == null) {
          yield oldPart == null && newPart == null;
        }
        yield of(part.shape(), before, oldPart, after, newPart);
      }
      case Member.Items items ->
          of(items, before, items.all().of(before, old), after, items.all().of(after, now));
    };
  }

  private static boolean of(
      Member.Items items, Moment before, Collection<?> olds, Moment after, Collection<?> news) {
    if (olds.size() != news.size()) {
      return false;
    }
    Iterator<?> old = olds.iterator();
    for (Object item : news) {
      Object other = old.next();
      if (key(items, before, other) != key(items, after, item)
          || !of(items.shape(), before, other, after, item)) {
        return false;
      }
    }
    return true;
  }
}
