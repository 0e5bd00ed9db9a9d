package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.timeline.StreamLives;
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineQueries;
import io.vsmmu.debugger.timeline.TimelineRequest;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How much of what happened when: {@code /vsmmus/{name}/timeline}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/timeline", produces = "application/json")
@Tag(name = "Debugger")
class TimelineController {

  private final VsmmuDirectory directory;
  private final TimelineQueries timelines;
  private final StreamLives lives;

  TimelineController(VsmmuDirectory directory, TimelineQueries timelines, StreamLives lives) {
    this.directory = directory;
    this.timelines = timelines;
    this.lives = lives;
  }

  @GetMapping
  @Operation(
      operationId = "getTimeline",
      summary = "How much of what happened when",
      description =
          "Counts per kind in buckets of equal width. The events that are counted are those that"
              + " `GET .../events` lists with the same from and to.")
  TimelineResource timeline(@PathVariable String name, @ParameterObject TimelineQuery query) {
    RegisteredVsmmu vsmmu = directory.projected(name, TimelineProjection.NAME);
    TimelineRequest request = query.request(directory, vsmmu);
    if (request.from() instanceof LogPoint.AtPosition from) {
      directory.checkWithinLog("from", from.position());
    }
    return TimelineResource.of(request.axis(), timelines.of(vsmmu.id(), request));
  }

  @GetMapping("/streams")
  @Operation(
      operationId = "getStreamLives",
      summary = "What the transactions of each StreamID met over a range",
      description =
          "Each life is a list of parts; a part lasts until the next one begins. If a stream was"
              + " configured more often than parts are asked for, configurations that are close to"
              + " each other are one part. At most 64 streams, those with the lowest StreamIDs.")
  StreamLivesResource streams(@PathVariable String name, @ParameterObject StreamLivesQuery query) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    TimelineRequest range = query.range(directory, vsmmu);
    if (range.from() instanceof LogPoint.AtPosition from) {
      directory.checkWithinLog("from", from.position());
    }
    return StreamLivesResource.of(lives.of(vsmmu.id(), range.from(), range.to(), range.buckets()));
  }
}
