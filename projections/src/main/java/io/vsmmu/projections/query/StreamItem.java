package io.vsmmu.projections.query;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.event.StreamConfigured;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An event in the history of a StreamID: its configuration changed, or its device was attached or
 * detached.
 *
 * @param cause position of the event that caused it, null if none did
 * @param previous the previous configuration, null for the first one and for devices
 */
public record StreamItem(
    LogEvent event, @Nullable Long cause, @Nullable StreamConfigured previous) {

  /** The complete content, which includes the decoded STE; see {@link EventView#of}. */
  public SequencedMap<String, @Nullable Object> data() {
    return EventView.of(event.event());
  }

  /**
   * The fields of the STE that differ from the previous configuration; empty for the first one and
   * for devices.
   */
  public List<SequencedMap<String, @Nullable Object>> changes() {
    return previous != null && event.event() instanceof StreamConfigured now
        ? SteView.changes(previous.ste(), previous.completeness(), now.ste(), now.completeness())
        : List.of();
  }
}
