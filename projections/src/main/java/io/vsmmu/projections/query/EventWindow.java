package io.vsmmu.projections.query;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list of events that was selected by its place in the log.
 *
 * @param items oldest first
 * @param previous position to pass to {@link EventQueries#before} for the part before this one;
 *     empty at the beginning of the list
 * @param next position after which the part behind this one begins; empty at the end of the list
 * @param at position of the last item up to the point that was asked for; empty if there is none
 * @param shortReason why there are fewer items than asked for although there are more in the list;
 *     null if that is not so
 */
public record EventWindow(
    List<EventItem> items,
    OptionalLong previous,
    OptionalLong next,
    OptionalLong at,
    @Nullable ShortPageReason shortReason) {

  public EventWindow {
    items = List.copyOf(items);
  }
}
