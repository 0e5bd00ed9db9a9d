package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.List;

/** What {@code decide} answers. */
public sealed interface Decision {

  /**
   * The stimulus counted.
   *
   * @param events first the event that records the stimulus, then what follows from it
   * @param after the state after the last of them
   */
  record Accepted(List<VsmmuEvent> events, VsmmuState after) implements Decision {
    public Accepted {
      events = List.copyOf(events);
    }
  }

  /**
   * The stimulus is refused; nothing happened. Guest accesses are never refused.
   *
   * @param field what is wrong
   * @param value what was given
   * @param allowed what is allowed, or what to do
   */
  record Refused(String field, String value, String allowed) implements Decision {}
}
