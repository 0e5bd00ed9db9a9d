package io.vsmmu.projections.query;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.EventView;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An event with the position of its cause.
 *
 * @param cause position of the event that caused it, null if none did
 */
public record EventItem(LogEvent event, @Nullable Long cause) {

  public long position() {
    return event.position();
  }

  /** The complete content, see {@link EventView#of}. */
  public SequencedMap<String, @Nullable Object> data() {
    return EventView.of(event.event());
  }

  /** The content with at most {@link EventView#PARTS_IN_LISTS} commands, records or lines. */
  public SequencedMap<String, @Nullable Object> brief() {
    return EventView.brief(event.event());
  }
}
