package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostDescription;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.vsmmu.ScopeOfClients;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The host of this service: {@code /hosts/local}. */
@RestController
@Tag(name = "Host")
class HostController {

  private final LocalHost host;
  private final VsmmuAdministration vsmmus;
  private final ScopeOfClients scope;

  HostController(LocalHost host, VsmmuAdministration vsmmus, ScopeOfClients scope) {
    this.scope = scope;
    this.host = host;
    this.vsmmus = vsmmus;
  }

  @GetMapping(path = "/api/v1/hosts/local", produces = "application/json")
  @Operation(
      operationId = "getLocalHost",
      summary = "The host behind the vSMMUs",
      description =
          "With the kernel's host, a device on vfio-pci that no process has open is bound for a"
              + " moment when it is seen first: the kernel reports its capabilities only then.")
  HostResource local() {
    HostDescription description = host.describe();
    List<HostResource.HostDeviceEntry> devices =
        description.devices().stream().map(this::device).toList();
    return new HostResource(
        host.kind(),
        devices.stream().anyMatch(HostResource.HostDeviceEntry::assignable),
        host.problems().stream().map(HostProblemResource::of).toList(),
        description.smmus().stream().map(HostController::smmu).toList(),
        devices,
        HostResource.KernelEntry.of(description.kernel()));
  }

  private static HostResource.PhysicalSmmuEntry smmu(HostDescription.PhysicalSmmu it) {
    return new HostResource.PhysicalSmmuEntry(
        it.name(),
        it.ids().map(HostResource::ids).orElse(null),
        it.ids().map(SmmuProperties::of).orElse(null));
  }

  private HostResource.HostDeviceEntry device(HostDescription.Device it) {
    Optional<RegisteredVsmmu> holder = vsmmus.holder(it.address());
    Optional<HostProblemResource> problem =
        holder.isPresent() ? Optional.empty() : host.problem(it).map(HostProblemResource::of);
    return new HostResource.HostDeviceEntry(
        it.address(),
        it.iommuGroup(),
        it.smmu(),
        it.streamIds().stream().map(Hex::of).toList(),
        it.boundToVfio(),
        it.hwInfo().map(HostResource.DeviceCapabilities::of).orElse(null),
        holder.isEmpty() && problem.isEmpty(),
        name(holder),
        holder.isPresent() ? null : name(vsmmus.holderOfGroup(it.iommuGroup())),
        problem.orElse(null));
  }

  /** Null too for one that the client may not see: that the device is taken shows all the same. */
  private @Nullable String name(Optional<RegisteredVsmmu> vsmmu) {
    return vsmmu.filter(scope::has).map(RegisteredVsmmu::name).orElse(null);
  }
}
