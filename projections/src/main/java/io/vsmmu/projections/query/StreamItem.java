package io.vsmmu.projections.query;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.event.StreamConfigured;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a StreamID: it was configured, or its device came or went.
 *
 * @param cause position of the event that caused it, null if none did
 * @param previous the configuration before, null for the first one and for devices
 */
public record StreamItem(
    LogEvent event, @Nullable Long cause, @Nullable StreamConfigured previous) {

  /** The event's data, the STE field by field among it. */
  public SequencedMap<String, @Nullable Object> data() {
    return EventView.of(event.event());
  }

  /** The STE's fields that are not what they were; empty for the first STE and for devices. */
  public List<SequencedMap<String, @Nullable Object>> changes() {
    return previous != null && event.event() instanceof StreamConfigured now
        ? SteView.changes(previous.ste(), previous.knowledge(), now.ste(), now.knowledge())
        : List.of();
  }
}
