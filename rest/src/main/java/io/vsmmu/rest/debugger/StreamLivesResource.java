package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.timeline.StreamLife;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.StreamBehaviour;
import java.time.Instant;
import java.util.List;

@Schema(
    name = "StreamLives",
    description = "What the transactions of each StreamID met over a range")
record StreamLivesResource(List<Life> items) {

  @Schema(name = "StreamLife", description = "What the transactions of a StreamID met over a range")
  record Life(
      String sid,
      @Schema(
              description =
                  "In the order of positions; each lasts until the next one begins. The first one"
                      + " may have begun before the range")
          List<Part> parts) {

    private static Life of(StreamLife it) {
      return new Life(Hex.of(it.streamId()), it.parts().stream().map(Part::of).toList());
    }
  }

  @Schema(
      name = "StreamLifePart",
      description =
          "One configuration of a stream, or several close ones, after the last of which the stream"
              + " is as the part says")
  record Part(
      @Schema(description = "Position of the first configuration") long position,
      Instant time,
      @Schema(description = "Position of the last configuration; `position` if there is one")
          long lastPosition,
      Instant lastTime,
      @Schema(description = "What the guest configured") StreamBehaviour configuration,
      @Schema(description = "What transactions meet") StreamBehaviour effective) {

    private static Part of(StreamLife.Part it) {
      return new Part(
          it.position(),
          it.time(),
          it.lastPosition(),
          it.lastTime(),
          it.configuration(),
          it.effective());
    }
  }

  static StreamLivesResource of(List<StreamLife> lives) {
    return new StreamLivesResource(lives.stream().map(Life::of).toList());
  }
}
