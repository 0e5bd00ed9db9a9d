package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.spelling.NearNames;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.Moments;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.Pages;
import io.vsmmu.rest.value.Truth;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /vsmmus/{name}/events}. */
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
      @Parameter(description = Pages.AFTER) @RequestParam(required = false) @Nullable String after,
      @Parameter(description = Pages.LIMIT) @RequestParam(required = false) @Nullable String limit,
      @Parameter(description = "Types, separated by commas", example = "StreamConfigured")
          @RequestParam(required = false)
          @Nullable String type,
      @Parameter(description = "Events that name this StreamID", example = "0x900")
          @RequestParam(required = false)
          @Nullable String sid,
      @Parameter(description = "Slices with a TLB invalidation that can touch this ASID")
          @RequestParam(required = false)
          @Nullable String asid,
      @Parameter(description = "Slices, faults and translations that can touch this address")
          @RequestParam(required = false)
          @Nullable String va,
      @Parameter(description = "First position or instant, inclusive")
          @RequestParam(required = false)
          @Nullable String from,
      @Parameter(description = "Last position or instant, inclusive")
          @RequestParam(required = false)
          @Nullable String to,
      @Parameter(
              description =
                  "true: only lines of a recording that are of one of its vSMMUs, but not known of"
                      + " which; they are kept with the first one")
          @RequestParam(required = false, defaultValue = "false")
          String unattributed) {
    EventFilter filter =
        new EventFilter(
            types(type),
            sid == null ? null : Numbers.sid("sid", sid),
            asid == null ? null : (int) Numbers.unsigned("asid", asid, Numbers.ASID_BITS),
            va == null ? null : address(va),
            Moments.optional("from", from),
            Moments.optional("to", to),
            Truth.of("unattributed", unattributed));
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(
        queries.events(vsmmu.id(), filter, Pages.keyset(after, limit)), EventResource::brief);
  }

  @GetMapping("/{position}")
  @Operation(operationId = "getEvent", summary = "An event with all of its data")
  EventResource get(@PathVariable String name, @PathVariable String position) {
    long wanted = Moments.position("position", position);
    RegisteredVsmmu vsmmu = directory.projected(name);
    return EventResource.whole(found(queries.event(vsmmu.id(), wanted), wanted, vsmmu));
  }

  @GetMapping("/{position}/causes")
  @Operation(
      operationId = "listCauses",
      summary = "What an event follows from",
      description = "Its cause first, the access of the guest or the operator's request last.")
  PageResource<EventResource> causes(@PathVariable String name, @PathVariable String position) {
    long wanted = Moments.position("position", position);
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(queries.causes(vsmmu.id(), wanted), wanted, vsmmu));
  }

  @GetMapping("/{position}/effects")
  @Operation(
      operationId = "listEffects",
      summary = "What follows from an event",
      description = "Directly or not, oldest first, at most 1000 events.")
  PageResource<EventResource> effects(@PathVariable String name, @PathVariable String position) {
    long wanted = Moments.position("position", position);
    RegisteredVsmmu vsmmu = directory.projected(name);
    return all(found(queries.effects(vsmmu.id(), wanted), wanted, vsmmu));
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

  private static AddressRange address(String va) {
    long address = Numbers.unsigned("va", va, Numbers.ADDRESS_BITS);
    return new AddressRange(address, address);
  }

  private static Set<EventKind> types(@Nullable String names) {
    Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
    if (names != null) {
      for (String name : names.split(",", -1)) {
        kinds.add(type(name));
      }
    }
    return kinds;
  }

  private static EventKind type(String name) {
    return Arrays.stream(EventKind.values())
        .filter(kind -> kind.label().equals(name))
        .findFirst()
        .orElseThrow(() -> ProblemException.invalid("type", name, typesNear(name)));
  }

  /** All types, beginning with those whose names resemble the given one. */
  private static String typesNear(String name) {
    List<String> labels = Arrays.stream(EventKind.values()).map(EventKind::label).toList();
    return "one of " + NearNames.first(name, labels) + NearNames.question(name, labels);
  }
}
