package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.StateDiff;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.rest.vsmmu.VsmmuResources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The state of a vSMMU at a point of its log: {@code /vsmmus/{name}/state} and {@code diff}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}", produces = "application/json")
@Tag(name = "State")
class StateController {

  private static final String STATE =
      "position, sequence, time, lifecycle, origin, durability, boots (how often a guest began),"
          + " properties, registers by name,"
          + " commandQueue and eventQueue (prod, cons, error), streams (sid, configuration:"
          + " ABORT, BYPASS or TRANSLATE, ste, decoded, device, hwpt, vdevice, since), hwpts,"
          + " objects, devices, commands, recording, health";

  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final TimeTravel states;

  StateController(VsmmuDirectory directory, VsmmuResources resources, TimeTravel states) {
    this.directory = directory;
    this.resources = resources;
    this.states = states;
  }

  /**
   * The differences between two states.
   *
   * @param from the position of the first state
   * @param to the position of the second state
   * @param with the vSMMU of the second state
   */
  @Schema(name = "Diff", description = "What two moments of one vSMMU or of two differ in")
  record DiffResource(
      long from,
      long to,
      @Schema(description = "Name of the vSMMU of the second moment") String with,
      @Schema(description = "Differences by section of the state; without one it is absent")
          Map<String, List<StateDifference>> sections) {}

  /** A {@link StateDiff.Difference}; under its own name two schemas would have the same one. */
  @Schema(name = "StateDifference", description = "A field that two states differ in")
  record StateDifference(
      @Nullable
          @Schema(
              description =
                  "StreamID, handle or address of the item; null in a section without items")
          String item,
      @Schema(description = "Name of the field; empty if the whole item was added or removed")
          String field,
      @Nullable @Schema(description = "null if it was absent") Object before,
      @Nullable @Schema(description = "null if it is absent") Object after) {

    static StateDifference of(StateDiff.Difference it) {
      return new StateDifference(it.item(), it.field(), it.before(), it.after());
    }
  }

  @GetMapping("/state")
  @Operation(
      operationId = "getState",
      summary = "The state now, or as it was",
      description = "An object with " + STATE + ".")
  ResponseEntity<Map<String, @Nullable Object>> state(
      @PathVariable String name,
      @Parameter(
              description =
                  "Position, bookmark (@nic-stops) or instant; between two events of this vSMMU,"
                      + " the state after the earlier one")
          @RequestParam(required = false)
          @Nullable GivenPoint at) {
    RegisteredVsmmu vsmmu = directory.find(name);
    StateAtEvent moment = directory.moment(vsmmu, "at", at);
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
    if (at == null) {
      answer.eTag(resources.etag(vsmmu, moment));
    }
    return answer.body(
        StateView.of(
            moment.position(), moment.time(), moment.state(), states.positions(vsmmu.id())));
  }

  @GetMapping("/diff")
  @Operation(operationId = "diffStates", summary = "What two moments differ in")
  DiffResource diff(
      @PathVariable String name,
      @Parameter(description = "Position, bookmark or instant") @RequestParam GivenPoint from,
      @Parameter(
              description =
                  "Position, bookmark or instant, of the vSMMU that `with` names if it is given")
          @RequestParam
          GivenPoint to,
      @Parameter(description = "Name or id of the vSMMU of the second moment; by default the same")
          @RequestParam(required = false)
          @Nullable String with,
      @Parameter(
              description =
                  "true: host objects are compared by what they are, such as the HWPT of a"
                      + " StreamID, and not by their handles and kernel ids",
              schema = @Schema(defaultValue = "false"))
          @RequestParam(required = false)
          @Nullable Boolean normalise) {
    RegisteredVsmmu vsmmu = directory.find(name);
    RegisteredVsmmu other = with == null ? vsmmu : directory.find("with", with);
    StateAtEvent first = directory.moment(vsmmu, "from", from);
    StateAtEvent second = directory.moment(other, "to", to);
    StateDiff diff = StateDiff.between(first, second, normalise != null && normalise);
    Map<String, List<StateDifference>> sections = new LinkedHashMap<>();
    diff.sections()
        .forEach(
            (section, differences) ->
                sections.put(section, differences.stream().map(StateDifference::of).toList()));
    return new DiffResource(diff.from(), diff.to(), other.name(), sections);
  }
}
