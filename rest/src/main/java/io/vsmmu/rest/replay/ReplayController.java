package io.vsmmu.rest.replay;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.replay.Replay;
import io.vsmmu.control.replay.ReplayRequest;
import io.vsmmu.control.replay.ReplayService;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.vsmmu.ScopeOfClients;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Replays of stored logs: {@code /replays}. */
@RestController
@RequestMapping(path = "/api/v1/replays", produces = "application/json")
@Tag(name = "Replays")
class ReplayController {

  private final ReplayService replays;
  private final VsmmuDirectory directory;
  private final EventDatabase database;
  private final LocalDevices devices;
  private final ScopeOfClients scope;

  ReplayController(
      ReplayService replays,
      VsmmuDirectory directory,
      EventDatabase database,
      LocalDevices devices,
      ScopeOfClients scope) {
    this.scope = scope;
    this.replays = replays;
    this.directory = directory;
    this.database = database;
    this.devices = devices;
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "startReplay",
      summary = "Replays a stored log",
      description = "The newest 256 replays are kept until the service ends.")
  @ApiResponse(responseCode = "202", description = "It runs, or waits for others")
  ResponseEntity<ReplayResource> start(@RequestBody NewReplay wanted, HttpServletRequest request) {
    String name = wanted.givenVsmmu();
    AuditTrail.vsmmu(request, name);
    RegisteredVsmmu vsmmu = find(name);
    ReplayRequest replay =
        new ReplayRequest(
            vsmmu.id(),
            wanted.givenMode(),
            directory.position(vsmmu, "until", wanted.givenUntil()),
            wanted.givenVerify(),
            wanted.givenTarget());
    checkUntil(replay);
    devices.check(replay);
    Replay started = replays.start(replay);
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/replays/" + started.id()))
        .body(resource(started));
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getReplay", summary = "How far a replay is, or what it found")
  ReplayResource get(@PathVariable String id) {
    return resource(known(id));
  }

  @DeleteMapping("/{id}")
  @Operation(
      operationId = "stopReplay",
      summary = "Stops a replay",
      description =
          "It ends before its next event and has no result then. The answer says how it is now,"
              + " which is still RUNNING while an event is replayed.")
  ReplayResource stop(@PathVariable String id) {
    Replay replay = known(id);
    if (replay.status() != Replay.Status.RUNNING) {
      throw ProblemException.of(
          ProblemType.CONFLICT, "status", replay.status().name(), "a replay that runs");
    }
    replay.stop();
    return resource(replay);
  }

  private Replay known(String id) {
    return parsed(id)
        .flatMap(replays::find)
        .filter(this::mayBeSeen)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND,
                    "id",
                    id,
                    "id of one of the newest %d replays since the service was started"
                        .formatted(ReplayService.KEPT)));
  }

  private boolean mayBeSeen(Replay replay) {
    return Caller.current().scope().unlimited()
        || database.registry().byId(replay.request().vsmmuId()).filter(scope::has).isPresent();
  }

  private RegisteredVsmmu find(String name) {
    try {
      return directory.find(name);
    } catch (ProblemException unknown) {
      throw ProblemException.of(
          unknown.type(), "vsmmu", name, "name or id of a vSMMU (GET /api/v1/vsmmus)");
    }
  }

  private void checkUntil(ReplayRequest request) {
    long head = database.log().headPosition();
    if (request.until() != Long.MAX_VALUE && request.until() > head) {
      throw ProblemException.of(
          ProblemType.NOT_IN_LOG,
          "until",
          String.valueOf(request.until()),
          "the log ends at position " + head);
    }
  }

  private ReplayResource resource(Replay replay) {
    int id = replay.request().vsmmuId();
    EventLog log = database.log();
    OptionalLong last =
        replay.request().until() == Long.MAX_VALUE
            ? log.lastSequence(id)
            : log.sequenceAtPosition(id, replay.request().until());
    String vsmmu = database.registry().byId(id).map(it -> it.aggregateId().toString()).orElse("");
    return ReplayResource.of(
        replay, vsmmu, last.orElse(-1) + 1, sequence -> log.positionOf(id, sequence));
  }

  private static Optional<UUID> parsed(String id) {
    try {
      return Optional.of(UUID.fromString(id));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
