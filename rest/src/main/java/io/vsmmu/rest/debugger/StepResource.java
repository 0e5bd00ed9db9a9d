package io.vsmmu.rest.debugger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.step.Step;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.rest.history.EventResource;
import io.vsmmu.smmu.event.CommandsConsumed;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Step", description = "Where a step led to")
@JsonInclude(JsonInclude.Include.NON_NULL)
record StepResource(
    @Schema(description = "Whether there is one in this direction") boolean found,
    @Schema(
            description =
                "The position that was reached; if nothing was found, that of the last event that"
                    + " was looked at")
        long position,
    @Nullable @Schema(description = "With unit=command, index of the command within its slice")
        Integer entry,
    @Nullable @Schema(type = "object", description = "With unit=command, the command")
        Map<String, @Nullable Object> command,
    @Nullable @Schema(description = "The event at the position; absent if nothing was found")
        EventResource event,
    @Nullable
        @Schema(
            description =
                "If nothing was found, whether the log was searched to its end; otherwise a step"
                    + " from the position goes on")
        Boolean searchedToEnd) {

  static StepResource of(Step step) {
    return switch (step) {
      case Step.Reached(var item, Integer entry) ->
          new StepResource(
              true,
              item.position(),
              entry,
              entry != null && item.event().event() instanceof CommandsConsumed slice
                  ? CommandView.of(
                      entry,
                      slice.entries().get(entry),
                      CommandView.knownBits(slice.known(), entry))
                  : null,
              EventResource.brief(item),
              null);
      case Step.Nowhere(long position, boolean whole) ->
          new StepResource(false, position, null, null, null, whole);
    };
  }
}
