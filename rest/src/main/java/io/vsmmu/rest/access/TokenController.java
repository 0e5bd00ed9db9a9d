package io.vsmmu.rest.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Named tokens: {@code /tokens}. */
@RestController
@RequestMapping(path = "/api/v1/tokens", produces = "application/json")
@Tag(name = "Access")
class TokenController {

  private final NamedTokens tokens;
  private final Clock clock;

  TokenController(NamedTokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "createToken",
      summary = "Makes a token",
      description =
          "The answer has the secret, which is stored nowhere: a lost one is replaced by another"
              + " token. It is not repeated for an Idempotency-Key.")
  @ApiResponse(responseCode = "201", description = "It is accepted from now on")
  ResponseEntity<TokenResource> create(@RequestBody NewToken wanted, HttpServletRequest request) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    String name = wanted.givenName();
    Role role = wanted.givenRole();
    VmScope scope = wanted.givenScope();
    AuditTrail.detail(
        request,
        "token %s, %s for %s"
            .formatted(
                name,
                role,
                scope.unlimited()
                    ? "all VMs"
                    : String.join(", ", scope.vms().stream().sorted().toList())));
    return switch (tokens.create(
        name,
        role,
        scope,
        wanted.givenExpires(now).truncatedTo(ChronoUnit.MICROS),
        Caller.current().subject())) {
      case NamedTokens.Creation.Made(NamedToken made, String secret) ->
          ResponseEntity.created(URI.create("/api/v1/tokens/" + name))
              .cacheControl(CacheControl.noStore())
              .body(TokenResource.of(made, now, secret));
      case NamedTokens.Creation.Refused(NamedTokens.Refusal reason) ->
          throw switch (reason) {
            case NAME_TAKEN ->
                ProblemException.of(
                    ProblemType.CONFLICT,
                    "name",
                    name,
                    "a name that no token has or had, so that the audit has one meaning");
            case TOO_MANY ->
                ProblemException.plain(
                    ProblemType.CONFLICT,
                    "There are %d tokens, which is the most".formatted(AccessLimits.TOKENS));
          };
    };
  }

  @GetMapping
  @Operation(
      operationId = "listTokens",
      summary = "Tokens in the order of creation, without their secrets",
      description = "Those that expired or were revoked are listed too.")
  PageResource<TokenResource> list(@ParameterObject PageQuery page) {
    int most = page.items();
    List<NamedToken> found = tokens.list(page.startId(), most + 1);
    List<NamedToken> shown = found.size() > most ? found.subList(0, most) : found;
    Instant now = clock.instant();
    return new PageResource<>(
        shown.stream().map(token -> TokenResource.of(token, now, null)).toList(),
        found.size() > most ? (Long) shown.getLast().id() : null);
  }

  @GetMapping("/{token}")
  @Operation(operationId = "getToken", summary = "A token, without its secret")
  TokenResource get(@PathVariable String token) {
    return TokenResource.of(
        tokens.named(token).orElseThrow(() -> unknown(token)), clock.instant(), null);
  }

  @DeleteMapping("/{token}")
  @Operation(
      operationId = "revokeToken",
      summary = "Revokes a token",
      description =
          "It is refused at once, and so are the sessions that it began and the event streams that"
              + " it opened. It stays in the list.")
  @ApiResponse(responseCode = "204", description = "It is accepted no more")
  ResponseEntity<Void> revoke(@PathVariable String token) {
    if (tokens.revoke(token).isEmpty()) {
      throw unknown(token);
    }
    return ResponseEntity.noContent().build();
  }

  private static ProblemException unknown(String token) {
    return ProblemException.of(
        ProblemType.NOT_FOUND, "token", token, "the name of a token (GET /api/v1/tokens)");
  }
}
