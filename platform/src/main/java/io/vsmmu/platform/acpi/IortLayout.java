package io.vsmmu.platform.acpi;

import java.util.ArrayList;
import java.util.List;

/**
 * What an IORT describes.
 *
 * @param identity who made it
 * @param itsGroups referred to by index
 * @param smmus referred to by name
 * @param rootComplexes one per segment
 */
public record IortLayout(
    AcpiIdentity identity,
    List<ItsGroup> itsGroups,
    List<GuestSmmu> smmus,
    List<RootComplex> rootComplexes) {

  public IortLayout {
    itsGroups = List.copyOf(itsGroups);
    smmus = List.copyOf(smmus);
    rootComplexes = List.copyOf(rootComplexes);
  }

  /** The routes that end at an SMMU, in the order of the root complexes. */
  List<RequesterRoute> routesTo(GuestSmmu smmu) {
    return rootComplexes.stream()
        .flatMap(rc -> rc.routes().stream())
        .filter(r -> r.target().equals(new RequesterRoute.Target.Smmu(smmu.name())))
        .toList();
  }

  /** The DeviceIDs at an ITS group: StreamIDs of those that came through an SMMU. */
  List<StreamRange> devicesOf(int group) {
    List<StreamRange> devices = new ArrayList<>();
    smmus.stream()
        .filter(s -> s.itsGroup().orElse(-1) == group)
        .flatMap(s -> routesTo(s).stream())
        .forEach(r -> devices.add(r.output()));
    rootComplexes.stream()
        .flatMap(rc -> rc.routes().stream())
        .filter(r -> r.target().equals(new RequesterRoute.Target.Its(group)))
        .forEach(r -> devices.add(r.output()));
    return devices;
  }

  /** All StreamIDs that requests can have at an SMMU. */
  public List<StreamRange> streamsOf(String smmu) {
    return smmus.stream()
        .filter(s -> s.name().equals(smmu))
        .flatMap(s -> routesTo(s).stream())
        .map(RequesterRoute::output)
        .toList();
  }
}
