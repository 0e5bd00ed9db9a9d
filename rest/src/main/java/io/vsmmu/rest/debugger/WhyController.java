package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.cause.AddressHistory;
import io.vsmmu.debugger.cause.CausalChain;
import io.vsmmu.debugger.cause.CausalChains;
import io.vsmmu.debugger.cause.ValueChange;
import io.vsmmu.debugger.cause.ValueOrigin;
import io.vsmmu.debugger.expression.MalformedExpressionException;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.rest.debugger.WhyResource.AddressResource;
import io.vsmmu.rest.debugger.WhyResource.ChainResource;
import io.vsmmu.rest.debugger.WhyResource.ValueResource;
import io.vsmmu.rest.history.MissingEvent;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Why something is as it is: {@code /vsmmus/{name}/why}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/why", produces = "application/json")
@Tag(name = "Debugger")
class WhyController {

  private final VsmmuDirectory directory;
  private final CausalChains chains;
  private final AddressHistory addresses;
  private final ValueOrigin values;
  private final TimeTravel states;
  private final JobAnswers answers;
  private final EventQueries events;

  WhyController(
      VsmmuDirectory directory,
      CausalChains chains,
      AddressHistory addresses,
      ValueOrigin values,
      TimeTravel states,
      JobAnswers answers,
      EventQueries events) {
    this.directory = directory;
    this.chains = chains;
    this.addresses = addresses;
    this.values = values;
    this.states = states;
    this.answers = answers;
    this.events = events;
  }

  @GetMapping
  @Operation(
      operationId = "why",
      summary = "What led to an event, which event set a value, what happened to an address",
      description =
          "With a position: the chain from the guest's access over command, decision and host calls"
              + " to what the guest saw. With a path: the event that set the value last, and its"
              + " chain; a search that takes longer than 2 s is a job. With an address: how the"
              + " stream was configured, what invalidated the address last, and the faults on it.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer",
      content = @Content(schema = @Schema(implementation = WhyResource.class)))
  @ApiResponse(
      responseCode = "202",
      description = "It is a job: GET the location until its state is done",
      content = @Content(schema = @Schema(implementation = JobResource.class)))
  ResponseEntity<Object> why(
      @PathVariable String name, @ParameterObject WhyQuery query, HttpServletRequest request)
      throws Exception {
    query.check();
    RegisteredVsmmu vsmmu = directory.projected(name);
    String path = query.path();
    if (path != null) {
      StatePath parsed = parsed(path);
      StateAtEvent moment = moment(vsmmu, query.position());
      return answers.answer(
          "why", request, progress -> value(parsed, moment, query.whole(), progress));
    }
    Long iova = query.iova();
    return ResponseEntity.ok(iova == null ? event(vsmmu, query) : address(vsmmu, query, iova));
  }

  private static StatePath parsed(String path) {
    try {
      return StatePath.of(path);
    } catch (MalformedExpressionException malformed) {
      Problem problem = malformed.problem();
      throw ProblemException.inText(
          ProblemType.MALFORMED_EXPRESSION,
          new Problem("path", problem.given(), problem.required(), problem.remedy()),
          malformed.offset(),
          malformed.end());
    }
  }

  private WhyResource value(StatePath path, StateAtEvent moment, boolean whole, Progress progress) {
    ValueChange change = values.lastChange(path, moment, progress);
    Long setAt =
        change.sequence().isPresent()
            ? states.positionOf(moment.vsmmu(), change.sequence().getAsLong())
            : null;
    CausalChain chain = setAt == null ? null : chains.of(moment.vsmmu(), setAt, whole).orElse(null);
    return new WhyResource(
        moment.position(),
        new ValueResource(
            path.text(),
            change.value(),
            change.before(),
            setAt,
            chain == null ? null : chain.asked().event().time(),
            change.readableFrom().isPresent()
                ? states.positionOf(moment.vsmmu(), change.readableFrom().getAsLong())
                : null),
        chain == null ? null : ChainResource.of(chain),
        null);
  }

  private WhyResource event(RegisteredVsmmu vsmmu, WhyQuery query) {
    GivenPosition given = query.position();
    long position = given == null ? 0 : directory.position(vsmmu, "position", given);
    directory.checkWithinLog("position", position);
    return chains
        .of(vsmmu.id(), position, query.whole())
        .map(chain -> new WhyResource(position, null, ChainResource.of(chain), null))
        .orElseThrow(() -> MissingEvent.at(events, vsmmu, position));
  }

  private WhyResource address(RegisteredVsmmu vsmmu, WhyQuery query, long iova) {
    StateAtEvent moment = moment(vsmmu, query.position());
    AddressHistory.Question question = new AddressHistory.Question(iova, query.sid(), query.asid());
    return new WhyResource(
        moment.position(),
        null,
        null,
        AddressResource.of(addresses.of(moment, question), iova, query.sid(), query.asid()));
  }

  private StateAtEvent moment(RegisteredVsmmu vsmmu, @Nullable GivenPosition position) {
    return directory.moment(vsmmu, "position", position);
  }
}
