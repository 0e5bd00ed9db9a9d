package io.vsmmu.rest.access;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.EnumNames;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /tokens}. */
@Schema(name = "NewToken")
record NewToken(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description =
                "What the audit calls its holder: 1 to 63 characters of a-z, 0-9, '.', '_', '-';"
                    + " one that no other token has or had",
            example = "backup")
        String name,
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "viewer, operator or admin",
            example = "viewer")
        String role,
    @Nullable
        @Schema(
            description =
                "Names of the VMs that it is for, 1 to 256; without it all. A vSMMU that names no"
                    + " VM has one with its own name",
            example = "[\"vm1\"]")
        List<String> vms,
    @Nullable
        @Schema(
            description = "When it ends (RFC 3339), within 366 days; without it in 90 days",
            example = "2027-01-31T12:00:00Z")
        String expires) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final String NAME_ALLOWED =
      "1 to 63 characters of a-z, 0-9, '.', '_', '-', the first one a letter or digit";

  String givenName() {
    return name("name", ProblemException.required("name", name, NAME_ALLOWED));
  }

  private static String name(String field, @Nullable String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw ProblemException.invalid(field, name, NAME_ALLOWED);
    }
    return name;
  }

  Role givenRole() {
    String text = ProblemException.required("role", role, "viewer, operator or admin");
    return EnumNames.orElse("role", text, Role.class, Role.VIEWER);
  }

  VmScope givenScope() {
    if (vms == null) {
      return VmScope.ALL;
    }
    if (vms.isEmpty() || vms.size() > AccessLimits.VMS_OF_TOKEN) {
      throw ProblemException.invalid(
          "vms",
          vms.size() + " names",
          "1 to %d, or no vms for all".formatted(AccessLimits.VMS_OF_TOKEN));
    }
    for (int i = 0; i < vms.size(); i++) {
      name("vms[%d]".formatted(i), vms.get(i));
    }
    return VmScope.of(vms.stream().distinct().toList());
  }

  Instant givenExpires(Instant now) {
    if (expires == null) {
      return now.plus(AccessLimits.TOKEN_LIFETIME);
    }
    Instant latest = now.plus(AccessLimits.LONGEST_TOKEN_LIFETIME);
    try {
      Instant given = Instant.parse(expires);
      if (given.isAfter(now) && !given.isAfter(latest)) {
        return given;
      }
    } catch (DateTimeException malformed) {
      throw refusedExpiry(latest);
    }
    throw refusedExpiry(latest);
  }

  private ProblemException refusedExpiry(Instant latest) {
    return ProblemException.of(
        ProblemType.INVALID_FIELD,
        "expires",
        expires,
        "an instant from now to %s, such as 2027-01-31T12:00:00Z".formatted(latest));
  }
}
