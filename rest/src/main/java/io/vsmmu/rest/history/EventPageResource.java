package io.vsmmu.rest.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventWindow;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.query.ShortPageReason;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

@Schema(name = "EventPage", description = "A page of events, oldest first")
record EventPageResource(
    List<EventResource> items,
    @Nullable
        @Schema(
            description =
                "Give it as `after` for the next page; null at the end. A page that is short"
                    + " although there is a next one says why.")
        Long next,
    @Nullable
        @Schema(
            description =
                "Give it as `before` for the previous page, which may be empty; null at the"
                    + " beginning of the list, and in a page that none of after, before, around and"
                    + " fraction selects")
        Long previous,
    @Nullable
        @Schema(
            description =
                "Position of the last event up to the point that around or fraction gives; absent"
                    + " otherwise, and if no event of the filter is there")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Long at,
    @Nullable
        @Schema(
            description =
                "Why there are fewer items than asked for although there is a next page; absent"
                    + " otherwise. SEARCH_LIMIT: the service has looked at as many events as one"
                    + " request may, because many have something of what the filters ask for and"
                    + " few have all of it.")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        ShortPageReason shortBecause) {

  static EventPageResource of(Page<EventItem> page, OptionalLong previous) {
    return new EventPageResource(
        brief(page.items()), nullable(page.next()), nullable(previous), null, page.shortReason());
  }

  static EventPageResource of(EventWindow window) {
    return new EventPageResource(
        brief(window.items()),
        nullable(window.next()),
        nullable(window.previous()),
        nullable(window.at()),
        window.shortReason());
  }

  private static List<EventResource> brief(List<EventItem> items) {
    return items.stream().map(EventResource::brief).toList();
  }

  private static @Nullable Long nullable(OptionalLong position) {
    return position.isPresent() ? (Long) position.getAsLong() : null;
  }
}
