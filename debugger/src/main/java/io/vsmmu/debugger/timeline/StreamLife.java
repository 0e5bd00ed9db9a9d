package io.vsmmu.debugger.timeline;

import io.vsmmu.smmu.event.StreamBehaviour;
import java.time.Instant;
import java.util.List;

/**
 * What the transactions of a StreamID met over a range of the log.
 *
 * @param parts in the order of positions; each lasts until the next one begins, the last one until
 *     the end of the range. The first one may have begun before the range; there is none before the
 *     stream was first configured.
 */
public record StreamLife(int streamId, List<Part> parts) {

  public StreamLife {
    parts = List.copyOf(parts);
  }

  /**
   * A part of the life of a stream: one configuration, or several that are close to each other,
   * after the last of which the stream is as the part says.
   *
   * @param position of the first configuration
   * @param lastPosition of the last configuration; {@code position} if there is one
   * @param configuration what the guest configured
   * @param effective what transactions meet
   */
  public record Part(
      long position,
      Instant time,
      long lastPosition,
      Instant lastTime,
      StreamBehaviour configuration,
      StreamBehaviour effective) {}
}
