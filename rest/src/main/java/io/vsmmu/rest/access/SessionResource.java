package io.vsmmu.rest.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who the client is, as this service sees it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Session", description = "Who the client is, and what it may do")
record SessionResource(
    @Schema(
            description = "What the audit calls the client: local, or a kind and a name",
            example = "token:backup")
        String subject,
    @Schema(description = "viewer, operator or admin") String role,
    @Nullable @Schema(description = "Names of the VMs that it may see; absent for all")
        List<String> vms) {

  static SessionResource of(Caller caller) {
    return new SessionResource(
        caller.subject(),
        caller.role().toString(),
        caller.scope().unlimited() ? null : caller.scope().vms().stream().sorted().toList());
  }
}
