package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.audit.AuditEntry;
import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import java.util.function.Function;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The audit log: {@code /audit}. */
@RestController
@Tag(name = "Audit")
class AuditController {

  private final AuditLog audit;

  AuditController(AuditLog audit) {
    this.audit = audit;
  }

  @GetMapping(path = "/api/v1/audit", produces = "application/json")
  @Operation(
      operationId = "listAudit",
      summary = "Who changed what through the API, oldest first",
      description = "An entry without a status is under way, or was interrupted.")
  PageResource<AuditEntry> list(
      @ParameterObject PageQuery page, @ParameterObject AuditQuery query) {
    int limit = page.items();
    return PageResource.cut(
        audit.page(query.filter(page.start()), limit + 1),
        limit,
        Function.identity(),
        AuditEntry::id);
  }
}
