package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.List;
import java.util.Optional;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The events of a vSMMU: {@code /vsmmus/{name}/events}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/events", produces = "application/json")
@Tag(name = "Events")
class EventController {

  private final VsmmuDirectory directory;
  private final EventQueries queries;

  EventController(VsmmuDirectory directory, EventQueries queries) {
    this.directory = directory;
    this.queries = queries;
  }

  @GetMapping
  @Operation(operationId = "listEvents", summary = "Events, oldest first")
  PageResource<EventResource> list(
      @PathVariable String name,
      @ParameterObject PageQuery page,
      @ParameterObject EventQuery query) {
    EventFilter filter = query.filter();
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(queries.events(vsmmu.id(), filter, page.keyset()), EventResource::brief);
  }

  @GetMapping("/{position}")
  @Operation(operationId = "getEvent", summary = "An event with all of its data")
  EventResource get(@PathVariable String name, @PathVariable @WholeNumber long position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return EventResource.whole(found(queries.event(vsmmu.id(), position), position, vsmmu));
  }

  @GetMapping("/{position}/causes")
  @Operation(
      operationId = "listCauses",
      summary = "What an event follows from",
      description = "Its cause first, the access of the guest or the operator's request last.")
  PageResource<EventResource> causes(
      @PathVariable String name, @PathVariable @WholeNumber long position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(queries.causes(vsmmu.id(), position), position, vsmmu));
  }

  @GetMapping("/{position}/effects")
  @Operation(
      operationId = "listEffects",
      summary = "What follows from an event",
      description = "Directly or not, oldest first, at most 1000 events.")
  PageResource<EventResource> effects(
      @PathVariable String name, @PathVariable @WholeNumber long position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(queries.effects(vsmmu.id(), position), position, vsmmu));
  }

  private static PageResource<EventResource> all(List<EventItem> items) {
    return new PageResource<>(items.stream().map(EventResource::brief).toList(), null);
  }

  private static <T> T found(Optional<T> item, long position, RegisteredVsmmu vsmmu) {
    return item.orElseThrow(
        () ->
            ProblemException.of(
                ProblemType.NOT_IN_LOG,
                "position",
                String.valueOf(position),
                "position of an event of " + vsmmu.name()));
  }
}
