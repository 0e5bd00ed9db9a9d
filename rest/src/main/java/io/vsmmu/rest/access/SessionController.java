package io.vsmmu.rest.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The session of a browser, and codes that begin one: {@code /session}. */
@RestController
@RequestMapping(path = "/api/v1/session", produces = "application/json")
@Tag(name = "Access")
class SessionController {

  private final Sessions sessions;
  private final OneTimeCodes codes;

  SessionController(Sessions sessions, OneTimeCodes codes) {
    this.sessions = sessions;
    this.codes = codes;
  }

  /** A code that begins one session. */
  @Schema(name = "SessionCode", description = "A code that begins one session")
  record CodeResource(
      @Schema(description = "Authorization: Bearer CODE of POST /session, once") String code,
      @Schema(description = "Seconds until it has no effect any more") long seconds) {}

  @GetMapping
  @Operation(
      operationId = "getSession",
      summary = "Who the client is, and what it may do",
      description = "By whatever credential it shows.")
  SessionResource get() {
    return SessionResource.of(Caller.current());
  }

  @PostMapping
  @Operation(
      operationId = "beginSession",
      summary = "Begins the session of a browser",
      description =
          "With a token or a one-time code (POST /session/codes) in Authorization: Bearer. The"
              + " session is a cookie that pages cannot read. It ends after 8 hours without a"
              + " request, after 7 days, with the token that began it, and with the service. With"
              + " it, a request that changes something must be one of a page of this service"
              + " (Sec-Fetch-Site, Origin).")
  @ApiResponse(responseCode = "201", description = "The cookie is set")
  ResponseEntity<SessionResource> begin(@Parameter(hidden = true) HttpServletRequest request) {
    Caller caller = Caller.current();
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(HttpHeaders.SET_COOKIE, SessionCookie.of(request, sessions.begin(caller)))
        .cacheControl(CacheControl.noStore())
        .body(SessionResource.of(caller));
  }

  @DeleteMapping
  @Operation(
      operationId = "endSession",
      summary = "Ends the session of a browser",
      description = "Without the cookie of one, nothing happens.")
  @ApiResponse(responseCode = "204", description = "The cookie is removed")
  ResponseEntity<Void> end(@Parameter(hidden = true) HttpServletRequest request) {
    SessionCookie.in(request).ifPresent(sessions::end);
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, SessionCookie.removed(request))
        .build();
  }

  @PostMapping("/codes")
  @Operation(
      operationId = "createSessionCode",
      summary = "Makes a code that begins one session",
      description =
          "For a link: the browser that opens it within 5 minutes has a session with the rights of"
              + " the client that made the code. It works once, for POST /session only.")
  @ApiResponse(responseCode = "201", description = "It works once")
  ResponseEntity<CodeResource> code() {
    return ResponseEntity.status(HttpStatus.CREATED)
        .cacheControl(CacheControl.noStore())
        .body(
            new CodeResource(codes.make(Caller.current()), AccessLimits.CODE_LIFETIME.toSeconds()));
  }
}
