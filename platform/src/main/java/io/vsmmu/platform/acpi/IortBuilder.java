package io.vsmmu.platform.acpi;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.GpaRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds an I/O Remapping Table of revision 5: first ITS groups, then SMMUs, then root complexes,
 * then one RMR node for each SMMU with a reserved MSI window. Source: DEN 0049E.d.
 */
public final class IortBuilder {

  private static final int REVISION = 5;
  private static final int FIRST_NODE = AcpiTable.HEADER_BYTES + 12;

  private final IortLayout layout;
  private final AcpiBytes nodes = new AcpiBytes();
  private final List<Integer> groupOffsets = new ArrayList<>();
  private final Map<String, Integer> smmuOffsets = new HashMap<>();
  private int count;

  private IortBuilder(IortLayout layout) {
    this.layout = layout;
  }

  /** Builds the table; refused with every rule of {@link IortChecks} that the layout breaks. */
  public static BuildResult<AcpiTable> build(IortLayout layout) {
    return IortChecks.of(layout).orBuild(() -> new IortBuilder(layout).table());
  }

  private AcpiTable table() {
    layout.itsGroups().forEach(this::group);
    layout.smmus().forEach(this::smmu);
    layout.rootComplexes().forEach(this::rootComplex);
    layout.smmus().stream().filter(s -> !s.msiWindow().isEmpty()).forEach(this::reserved);
    byte[] body =
        new AcpiBytes().u32(count).u32(FIRST_NODE).u32(0).bytes(nodes.toBytes()).toBytes();
    return AcpiTable.of("IORT", REVISION, layout.identity(), body);
  }

  private void group(ItsGroup group) {
    AcpiBytes data = new AcpiBytes().u32(group.ids().size());
    group.ids().forEach(data::u32);
    groupOffsets.add(here());
    add(IortNode.ITS_GROUP, data, List.of());
  }

  private void smmu(GuestSmmu smmu) {
    List<IdMapping> mappings = mappings(smmu);
    SmmuInterrupts.Wired wires =
        switch (smmu.interrupts()) {
          case SmmuInterrupts.Wired wired -> wired;
          case SmmuInterrupts.Messages m -> new SmmuInterrupts.Wired(0, 0, 0, 0);
        };
    boolean messages = smmu.interrupts() instanceof SmmuInterrupts.Messages;
    AcpiBytes data =
        new AcpiBytes()
            .u64(smmu.base())
            .u32(smmu.coherent() ? 1 : 0)
            .u32(0)
            .u64(0) // no VATOS page
            .u32(smmu.guestMsi().model())
            .u32(wires.event())
            .u32(wires.pri())
            .u32(wires.gerror())
            .u32(wires.sync())
            .u32(0) // proximity domain; its flag is not set
            .u32(messages ? mappings.size() - 1 : 0);
    smmuOffsets.put(smmu.name(), here());
    add(IortNode.SMMU_V3, data, mappings);
  }

  /** Maps StreamIDs to DeviceIDs of the ITS one to one; the SMMU's own DeviceID is the last. */
  private List<IdMapping> mappings(GuestSmmu smmu) {
    List<IdMapping> mappings = new ArrayList<>();
    smmu.itsGroup()
        .ifPresent(
            group ->
                layout
                    .routesTo(smmu)
                    .forEach(
                        r ->
                            mappings.add(
                                IdMapping.of(
                                    r.output(), r.outputBase(), groupOffsets.get(group)))));
    if (smmu.interrupts() instanceof SmmuInterrupts.Messages(int group, long deviceId)) {
      mappings.add(IdMapping.single(deviceId, groupOffsets.get(group)));
    }
    return mappings;
  }

  private void rootComplex(RootComplex rc) {
    boolean pasid = rc.pasidBits() > 0;
    AcpiBytes data =
        new AcpiBytes()
            .u32(rc.memory().coherent() ? 1 : 0)
            .u8(0) // no allocation hints
            .u16(0)
            .u8(rc.memory().flags())
            .u32(rc.ats().bits())
            .u32(rc.segment())
            .u8(rc.addressBits())
            .u16(rc.pasidBits())
            .u8(0);
    if (pasid) {
      data.u32(IortNode.PASID_SUPPORTED);
    }
    List<IdMapping> mappings =
        rc.routes().stream()
            .map(r -> IdMapping.of(r.requesters(), r.outputBase(), offset(r.target())))
            .toList();
    add(pasid ? IortNode.ROOT_COMPLEX_WITH_PASID : IortNode.ROOT_COMPLEX, data, mappings);
  }

  private int offset(RequesterRoute.Target target) {
    return switch (target) {
      case RequesterRoute.Target.Smmu(String name) -> smmuOffsets.getOrDefault(name, 0);
      case RequesterRoute.Target.Its(int group) -> groupOffsets.get(group);
    };
  }

  private void reserved(GuestSmmu smmu) {
    int descriptors = IortNode.HEADER_BYTES + 12;
    AcpiBytes data =
        new AcpiBytes()
            .u32(0) // not to be remapped, no privilege, device memory
            .u32(1)
            .u32(descriptors)
            .u64(GpaRange.MSI_WINDOW.base())
            .u64(GpaRange.MSI_WINDOW.bytes())
            .u32(0);
    int parent = offset(new RequesterRoute.Target.Smmu(smmu.name()));
    add(
        IortNode.RESERVED_MEMORY,
        data,
        smmu.msiWindow().stream().map(r -> IdMapping.of(r, r.first(), parent)).toList());
  }

  private void add(IortNode node, AcpiBytes data, List<IdMapping> mappings) {
    nodes.bytes(node.bytes(count++, data.toBytes(), mappings));
  }

  private int here() {
    return FIRST_NODE + nodes.size();
  }
}
