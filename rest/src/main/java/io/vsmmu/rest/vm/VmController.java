package io.vsmmu.rest.vm;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vm;
import io.vsmmu.control.vm.VmLimits;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.projections.query.ShortPageReason;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.VmScope;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.vsmmu.ConditionalChanges;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Virtual machines: {@code /vms}. */
@RestController
@RequestMapping(path = "/api/v1/vms", produces = "application/json")
@Tag(name = "VMs")
class VmController {

  private final Vms vms;
  private final VmResources resources;

  VmController(VsmmuAdministration administration, VmResources resources) {
    this.vms = administration.vms();
    this.resources = resources;
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "createVm",
      summary = "Makes a VM known",
      description =
          "Its vSMMUs are created with `vm` in POST /vsmmus. They share one guest address space,"
              + " and one stage 2 for each physical SMMU.")
  @ApiResponse(responseCode = "201", description = "It is known")
  ResponseEntity<VmResource> create(@RequestBody NewVm wanted) {
    Vm vm = vms.create(wanted.givenName(), wanted.givenMachine());
    VmResources.Tagged made = resources.tagged(vm);
    return ResponseEntity.created(URI.create("/api/v1/vms/" + vm.name()))
        .eTag(made.etag())
        .body(made.resource());
  }

  @GetMapping
  @Operation(
      operationId = "listVms",
      summary = "Lists the VMs in the order of creation",
      description =
          "Each with what its vSMMUs have now. A page ends when its VMs have 64 vSMMUs together"
              + " (MEMBER_LIMIT), so it may be shorter than asked for.")
  PageResource<VmResource> list(@ParameterObject PageQuery page) {
    int most = page.items();
    List<VmResource> items = new ArrayList<>();
    int members = 0;
    Long last = null;
    for (Vm vm : seen(page.startId(), most + 1)) {
      if (items.size() == most || members >= VmLimits.MEMBERS_OF_A_PAGE) {
        return new PageResource<>(
            items, last, items.size() == most ? null : ShortPageReason.MEMBER_LIMIT);
      }
      VmResource resource = resources.of(vm);
      members += resource.vsmmus().size();
      items.add(resource);
      last = (long) vm.id();
    }
    return new PageResource<>(items, null);
  }

  /** VMs that the client may see, in the order of their numbers. */
  private List<Vm> seen(int afterId, int most) {
    VmScope scope = Caller.current().scope();
    List<Vm> found = new ArrayList<>();
    int after = afterId;
    while (true) {
      List<Vm> page = vms.list(after, most);
      page.stream()
          .filter(vm -> scope.has(vm.name()))
          .limit(most - found.size())
          .forEach(found::add);
      if (page.size() < most || found.size() == most) {
        return found;
      }
      after = page.getLast().id();
    }
  }

  @GetMapping("/{vm}")
  @Operation(operationId = "getVm", summary = "A VM with what its vSMMUs have now")
  ResponseEntity<VmResource> get(@PathVariable String vm) {
    return answer(vms.named("vm", vm));
  }

  @PutMapping(path = "/{vm}/machine", consumes = "application/json")
  @Operation(
      operationId = "describeMachine",
      summary = "Says anew what the machine is like that the VMM builds",
      description = "For the ACPI tables only: nothing of it reaches the host.")
  ResponseEntity<VmResource> describe(
      @PathVariable String vm,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody MachineDescription machine) {
    return vms.exclusively(
        vm,
        () -> {
          check(vms.named("vm", vm), ifMatch);
          return answer(vms.describe(vm, MachineDescription.given(machine)));
        });
  }

  @DeleteMapping("/{vm}")
  @Operation(operationId = "deleteVm", summary = "Forgets a VM that has no vSMMUs any more")
  @ApiResponse(responseCode = "204", description = "It is gone")
  ResponseEntity<Void> delete(
      @PathVariable String vm,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return vms.exclusively(
        vm,
        () -> {
          check(vms.named("vm", vm), ifMatch);
          vms.delete(vm);
          return ResponseEntity.noContent().build();
        });
  }

  private ResponseEntity<VmResource> answer(Vm vm) {
    VmResources.Tagged shown = resources.tagged(vm);
    return ResponseEntity.ok().eTag(shown.etag()).body(shown.resource());
  }

  private void check(Vm vm, @Nullable String ifMatch) {
    if (ifMatch != null) {
      ConditionalChanges.check(ifMatch, resources.tagged(vm).etag(), "VM " + vm.name());
    }
  }
}
