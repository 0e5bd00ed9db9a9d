package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.intake.Subject;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.smmu.stimulus.Stimulus;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** vSMMUs and their lifecycle: {@code /vsmmus}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus", produces = "application/json")
@Tag(name = "vSMMUs")
class VsmmuController {

  private final VsmmuAdministration administration;
  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final ConditionalChanges changes;
  private final ScopeOfClients scope;

  VsmmuController(
      VsmmuAdministration administration,
      VsmmuDirectory directory,
      VsmmuResources resources,
      ConditionalChanges changes,
      ScopeOfClients scope) {
    this.scope = scope;
    this.administration = administration;
    this.directory = directory;
    this.resources = resources;
    this.changes = changes;
  }

  @PostMapping(consumes = "application/json")
  @Operation(operationId = "createVsmmu", summary = "Creates a vSMMU")
  @ApiResponse(responseCode = "201", description = "It exists")
  ResponseEntity<VsmmuResource> create(@RequestBody NewVsmmu wanted, HttpServletRequest request) {
    String name = wanted.givenName();
    AuditTrail.vsmmu(request, name);
    scope.checkNew(name, wanted.givenVm());
    RegisteredVsmmu created =
        administration.create(
            name,
            wanted.givenVm(),
            wanted.givenProperties(),
            wanted.givenDurability(),
            Subject.current());
    return ResponseEntity.created(URI.create("/api/v1/vsmmus/" + name))
        .eTag(resources.etag(created))
        .body(resources.of(created));
  }

  @GetMapping
  @Operation(operationId = "listVsmmus", summary = "Lists the vSMMUs in the order of creation")
  PageResource<VsmmuResource> list(
      @ParameterObject PageQuery page,
      @Parameter(description = "true lists deleted ones too")
          @RequestParam(required = false, defaultValue = "false")
          boolean deleted,
      @Parameter(description = "Lists only those whose name contains this text")
          @RequestParam(required = false, defaultValue = "")
          String name) {
    int most = page.items();
    List<RegisteredVsmmu> found =
        directory.list(page.startId(), most + 1, deleted, name.toLowerCase(Locale.ROOT));
    boolean more = found.size() > most;
    List<RegisteredVsmmu> shown = more ? found.subList(0, most) : found;
    return new PageResource<>(
        List.copyOf(resources.of(shown).values()),
        more ? (Long) (long) shown.getLast().id() : null);
  }

  @GetMapping("/{name:[^:]+}")
  @Operation(operationId = "getVsmmu", summary = "A vSMMU as it is now, by name or id")
  ResponseEntity<VsmmuResource> get(@PathVariable String name) {
    return answer(directory.find(name));
  }

  @DeleteMapping("/{name:[^:]+}")
  @Operation(
      operationId = "deleteVsmmu",
      summary = "Deletes a vSMMU",
      description = "Its devices are detached and its name is free; its log stays under its id.")
  @ApiResponse(responseCode = "204", description = "It is gone")
  ResponseEntity<Void> delete(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    changes.<@Nullable Void>make(
        name,
        ifMatch,
        () -> {
          administration.delete(name, Subject.current());
          return null;
        });
    return ResponseEntity.noContent().build();
  }

  @PostMapping("/{name:[^:]+}:reset")
  @Operation(operationId = "resetVsmmu", summary = "Resets a vSMMU (IHI 0070, 3.11)")
  ResponseEntity<VsmmuResource> reset(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return control(name, ifMatch, new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));
  }

  @PostMapping("/{name:[^:]+}:pause")
  @Operation(operationId = "pauseVsmmu", summary = "Holds the guest's accesses")
  ResponseEntity<VsmmuResource> pause(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return control(name, ifMatch, new Stimulus.Pause());
  }

  @PostMapping("/{name:[^:]+}:resume")
  @Operation(operationId = "resumeVsmmu", summary = "Lets the guest's accesses go on")
  ResponseEntity<VsmmuResource> resume(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return control(name, ifMatch, new Stimulus.Resume());
  }

  private ResponseEntity<VsmmuResource> control(
      String name, @Nullable String ifMatch, Stimulus stimulus) {
    changes.make(name, ifMatch, () -> administration.control(name, stimulus, Subject.current()));
    return answer(directory.find(name));
  }

  private ResponseEntity<VsmmuResource> answer(RegisteredVsmmu vsmmu) {
    VsmmuResource resource = resources.of(vsmmu);
    return ResponseEntity.ok().eTag(VsmmuResources.etag(vsmmu, resource.events())).body(resource);
  }
}
