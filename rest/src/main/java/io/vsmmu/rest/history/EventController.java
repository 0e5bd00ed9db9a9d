package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.EventWindow;
import io.vsmmu.projections.query.Page;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
  @Operation(
      operationId = "listEvents",
      summary = "Events, oldest first",
      description =
          "Page by page from the beginning on; or the rows around a point of the log, by its"
              + " position, its instant or the fraction of the log that lies before it.")
  EventPageResource list(
      @PathVariable String name,
      @ParameterObject LogPageQuery asked,
      @ParameterObject EventPlace place,
      @ParameterObject EventQuery query) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    EventFilter filter = query.filter(directory, vsmmu);
    PageQuery page = asked.of(directory, vsmmu);
    EventWindow window = place.window(queries, directory, vsmmu, filter, page);
    return window == null ? page(vsmmu, filter, page) : EventPageResource.of(window);
  }

  private EventPageResource page(RegisteredVsmmu vsmmu, EventFilter filter, PageQuery query) {
    Page<EventItem> page = queries.events(vsmmu.id(), filter, query.keyset());
    if (query.after() == null) {
      return EventPageResource.of(page, OptionalLong.empty());
    }
    long from =
        page.items().isEmpty()
            ? Math.min(query.start(), Long.MAX_VALUE - 1) + 1
            : page.items().getFirst().position();
    boolean earlier = !queries.before(vsmmu.id(), filter, from, 1).items().isEmpty();
    return EventPageResource.of(page, earlier ? OptionalLong.of(from) : OptionalLong.empty());
  }

  @GetMapping("/{position}")
  @Operation(operationId = "getEvent", summary = "An event with all of its data")
  EventResource get(@PathVariable String name, @PathVariable GivenPosition position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return EventResource.whole(found(vsmmu, position, queries::event));
  }

  @GetMapping("/{position}/causes")
  @Operation(
      operationId = "listCauses",
      summary = "What an event follows from",
      description = "Its cause first, the access of the guest or the operator's request last.")
  PageResource<EventResource> causes(
      @PathVariable String name, @PathVariable GivenPosition position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(vsmmu, position, queries::causes));
  }

  @GetMapping("/{position}/effects")
  @Operation(
      operationId = "listEffects",
      summary = "What follows from an event",
      description = "Directly or not, oldest first, at most 1000 events.")
  PageResource<EventResource> effects(
      @PathVariable String name, @PathVariable GivenPosition position) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(vsmmu, position, queries::effects));
  }

  private static PageResource<EventResource> all(List<EventItem> items) {
    return new PageResource<>(items.stream().map(EventResource::brief).toList(), null);
  }

  /** What a query finds for the event at a position. */
  private interface EventQuestion<T> {
    Optional<T> ask(int vsmmu, long position);
  }

  private <T> T found(RegisteredVsmmu vsmmu, GivenPosition given, EventQuestion<T> question) {
    long position = directory.position(vsmmu, "position", given);
    return question
        .ask(vsmmu.id(), position)
        .orElseThrow(() -> MissingEvent.at(queries, vsmmu, position));
  }
}
