package io.vsmmu.control.rest.value;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.query.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next {@code after} of the next page; null at the end of the list
 */
public record PageResource<T>(
    List<T> items,
    @Schema(
            description =
                "Give it as `after` for the next page; null at the end. A page may be short, or"
                    + " even empty, although there is a next one.")
        @Nullable Long next) {

  /** A page of a query. */
  public static <S, T> PageResource<T> of(Page<S> page, Function<S, T> item) {
    Long next = page.next().isPresent() ? (Long) page.next().getAsLong() : null;
    return new PageResource<>(page.items().stream().map(item).toList(), next);
  }

  /**
   * A page cut from one item more than was asked for.
   *
   * @param found up to {@code limit + 1} items
   */
  public static <S, T> PageResource<T> cut(
      List<S> found, int limit, Function<S, T> item, Function<S, Long> key) {
    boolean more = found.size() > limit;
    List<S> shown = more ? found.subList(0, limit) : found;
    return new PageResource<>(
        shown.stream().map(item).toList(), more ? key.apply(shown.getLast()) : null);
  }
}
