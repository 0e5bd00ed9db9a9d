package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.HostObjectItem;
import io.vsmmu.projections.query.HostObjectQueries;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The objects of iommufd that a vSMMU has or had: {@code /vsmmus/{name}/hwpts} and {@code objects}.
 */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}", produces = "application/json")
@Tag(name = "Host objects")
class HostObjectController {

  private final VsmmuDirectory directory;
  private final HostObjectQueries queries;

  HostObjectController(VsmmuDirectory directory, HostObjectQueries queries) {
    this.directory = directory;
    this.queries = queries;
  }

  @GetMapping("/hwpts")
  @Operation(
      operationId = "listHwpts",
      summary = "HWPTs that streams can be attached to, now or at a moment",
      description = "With their whole lives: the positions of their first and last events.")
  PageResource<HostObjectItem> hwpts(
      @PathVariable String name,
      @Parameter(description = "Position, bookmark or instant") @RequestParam(required = false)
          @Nullable GivenPoint at) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    StateAtEvent moment = directory.moment(vsmmu, "at", at);
    return new PageResource<>(queries.hwptsAt(moment), null);
  }

  @GetMapping("/objects")
  @Operation(
      operationId = "listHostObjects",
      summary = "Every HWPT, vDEVICE and other host object that there ever was",
      description = "By logical handle, which `after` and `next` are here.")
  PageResource<HostObjectItem> objects(@PathVariable String name, @ParameterObject PageQuery page) {
    OptionalLong handle =
        page.after() == null ? OptionalLong.empty() : OptionalLong.of(page.after());
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(queries.lives(vsmmu.id(), handle, page.items()), Function.identity());
  }
}
