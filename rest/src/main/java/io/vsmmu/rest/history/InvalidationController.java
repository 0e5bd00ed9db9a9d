package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationItem;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.Moments;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.Pages;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.spec.AddressRange;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /vsmmus/{name}/invalidations}. */
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
      @Schema(description = "Position of the slice it came with") long position,
      long sequence,
      Instant time,
      @Schema(description = "Index within the slice") int entry,
      @Schema(description = "Whether it went to the host") boolean forwarded,
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
      @Parameter(example = "0x900") @RequestParam(required = false) @Nullable String sid,
      @RequestParam(required = false) @Nullable String asid,
      @Parameter(description = "First address") @RequestParam(required = false) @Nullable String va,
      @Parameter(description = "Bytes from va on, by default 1") @RequestParam(required = false)
          @Nullable String size,
      @Parameter(description = "First position or instant, inclusive")
          @RequestParam(required = false)
          @Nullable String from,
      @Parameter(description = "Last position or instant, inclusive")
          @RequestParam(required = false)
          @Nullable String to,
      @Parameter(description = Pages.AFTER) @RequestParam(required = false) @Nullable String after,
      @Parameter(description = Pages.LIMIT) @RequestParam(required = false)
          @Nullable String limit) {
    InvalidationFilter filter =
        new InvalidationFilter(
            sid == null ? null : Numbers.sid("sid", sid),
            asid == null ? null : (int) Numbers.unsigned("asid", asid, Numbers.ASID_BITS),
            addresses(va, size),
            Moments.optional("from", from),
            Moments.optional("to", to));
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(
        queries.invalidations(vsmmu.id(), filter, Pages.keyset(after, limit)),
        InvalidationResource::of);
  }

  private static @Nullable AddressRange addresses(@Nullable String va, @Nullable String size) {
    if (va == null) {
      if (size != null) {
        throw ProblemException.of(
            ProblemType.MISSING_FIELD, "va", null, "the first address, as size is given");
      }
      return null;
    }
    long first = Numbers.unsigned("va", va, Numbers.ADDRESS_BITS);
    long bytes = size == null ? 1 : Numbers.unsigned("size", size, Numbers.ADDRESS_BITS);
    if (bytes == 0) {
      throw ProblemException.invalid("size", size, "at least 1 byte");
    }
    return AddressRange.of(first, bytes);
  }
}
