package io.vsmmu.platform.acpi;

import java.util.ArrayList;
import java.util.List;

/**
 * The content of an IORT.
 *
 * @param identity the identification in its header
 * @param itsGroups other parts refer to them by index
 * @param smmus other parts refer to them by name
 * @param rootComplexes one for each PCI segment
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

  /** The DeviceIDs at an ITS group; behind an SMMU a device's DeviceID is its StreamID. */
  List<IdRange> devicesOf(int group) {
    List<IdRange> devices = new ArrayList<>();
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

  /** All StreamIDs that can arrive at an SMMU. */
  public List<IdRange> streamsOf(String smmu) {
    return smmus.stream()
        .filter(s -> s.name().equals(smmu))
        .flatMap(s -> routesTo(s).stream())
        .map(RequesterRoute::output)
        .toList();
  }
}
