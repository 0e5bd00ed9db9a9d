package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationItem;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The guest's invalidation commands: {@code /vsmmus/{name}/invalidations}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/invalidations", produces = "application/json")
@Tag(name = "Invalidations")
class InvalidationController {

  private final VsmmuDirectory directory;
  private final InvalidationQueries queries;

  InvalidationController(VsmmuDirectory directory, InvalidationQueries queries) {
    this.directory = directory;
    this.queries = queries;
  }

  @Schema(name = "Invalidation", description = "One invalidation command of the guest")
  record InvalidationResource(
      @Schema(description = "Position of the slice that contains it") long position,
      long sequence,
      Instant time,
      @Schema(description = "Index within the slice") int entry,
      @Schema(description = "Whether it was sent to the host") boolean forwarded,
      @Schema(
              type = "object",
              description = "name, fields, words; unknown names fields that a trace did not tell")
          Map<String, @Nullable Object> command) {

    static InvalidationResource of(InvalidationItem item) {
      return new InvalidationResource(
          item.position(),
          item.sequence(),
          item.time(),
          item.entry(),
          item.forwarded(),
          item.data());
    }
  }

  @GetMapping
  @Operation(
      operationId = "listInvalidations",
      summary = "Invalidations that could touch what is given, oldest first",
      description =
          "Commands of one slice stay together: a page may hold more items than its limit, and"
              + " `after` and `next` are positions of slices.")
  PageResource<InvalidationResource> list(
      @PathVariable String name,
      @ParameterObject InvalidationQuery query,
      @ParameterObject LogPageQuery page) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    InvalidationFilter filter = query.filter(directory, vsmmu);
    return PageResource.of(
        queries.invalidations(vsmmu.id(), filter, page.of(directory, vsmmu).keyset()),
        InvalidationResource::of);
  }
}
