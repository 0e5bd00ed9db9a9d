package io.vsmmu.rest.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named token. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Token", description = "A named token; its secret is shown once")
record TokenResource(
    String name,
    @Schema(description = "viewer, operator or admin") String role,
    @Nullable @Schema(description = "Names of the VMs that it is for; absent for all")
        List<String> vms,
    @Schema(description = "valid, expired or revoked") String status,
    Instant created,
    @Schema(description = "Subject of the one who made it") String createdBy,
    Instant expires,
    @Nullable @Schema(description = "When it was revoked; absent if it was not") Instant revoked,
    @Nullable
        @Schema(
            description =
                "The token itself, for Authorization: Bearer; in the answer to its creation only")
        String secret) {

  static TokenResource of(NamedToken token, Instant now, @Nullable String secret) {
    return new TokenResource(
        token.name(),
        token.role().toString(),
        token.scope().unlimited() ? null : token.scope().vms().stream().sorted().toList(),
        status(token, now),
        token.created(),
        token.createdBy(),
        token.expires(),
        token.revoked(),
        secret);
  }

  private static String status(NamedToken token, Instant now) {
    if (token.revoked() != null) {
      return "revoked";
    }
    return token.isValid(now) ? "valid" : "expired";
  }
}
