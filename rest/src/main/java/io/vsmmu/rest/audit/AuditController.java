package io.vsmmu.rest.audit;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.audit.AuditEntry;
import io.vsmmu.control.audit.AuditFilter;
import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.Moments;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.Pages;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /audit}. */
@RestController
@Tag(name = "Audit")
class AuditController {

  private static final int FIRST_STATUS = 100;
  private static final int LAST_STATUS = 599;
  private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

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
      @Parameter(description = Pages.AFTER) @RequestParam(required = false) @Nullable String after,
      @Parameter(description = Pages.LIMIT) @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String subject,
      @Parameter(description = "POST, PUT, PATCH or DELETE") @RequestParam(required = false)
          @Nullable String method,
      @RequestParam(required = false) @Nullable String vsmmu,
      @Parameter(description = "Status of the answer") @RequestParam(required = false)
          @Nullable String status,
      @Parameter(description = "First instant, inclusive") @RequestParam(required = false)
          @Nullable String from,
      @Parameter(description = "Last instant, inclusive") @RequestParam(required = false)
          @Nullable String to) {
    int most = Pages.limit(limit);
    AuditFilter filter =
        new AuditFilter(
            Pages.after(after),
            text("subject", subject),
            method(method),
            text("vsmmu", vsmmu),
            status == null
                ? null
                : (int) Numbers.between("status", status, FIRST_STATUS, LAST_STATUS),
            from == null ? null : Moments.instant("from", from),
            to == null ? null : Moments.instant("to", to));
    return PageResource.cut(
        audit.page(filter, most + 1), most, Function.identity(), AuditEntry::id);
  }

  private static @Nullable String text(String field, @Nullable String text) {
    if (text != null && text.indexOf('\0') >= 0) {
      throw ProblemException.invalid(field, text, "a text without NUL characters");
    }
    return text;
  }

  private static @Nullable String method(@Nullable String method) {
    if (method != null && !METHODS.contains(method)) {
      throw ProblemException.invalid("method", method, "POST, PUT, PATCH or DELETE");
    }
    return method;
  }
}
