package io.vsmmu.rest.value;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.query.ShortPageReason;
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
                "Give it as `after` for the next page; null at the end. A page that is short"
                    + " although there is a next one says why.")
        @Nullable Long next,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @Schema(
            description =
                "Why there are fewer items than asked for although there is a next page; absent"
                    + " otherwise. SEARCH_LIMIT: the service has looked at as many events as one"
                    + " request may, because many have something of what the filters ask for and"
                    + " few have all of it. MEMBER_LIMIT: the VMs of the page have as many vSMMUs"
                    + " as one page may have.")
        @Nullable ShortPageReason shortBecause) {

  /** A page that is as long as asked for, or the last one. */
  public PageResource(List<T> items, @Nullable Long next) {
    this(items, next, null);
  }

  /** A page of a query, with the position from which the next one continues. */
  public static <S, T> PageResource<T> of(Page<S> page, Function<S, T> item) {
    Long next = page.next().isPresent() ? (Long) page.next().getAsLong() : null;
    return new PageResource<>(page.items().stream().map(item).toList(), next, page.shortReason());
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
