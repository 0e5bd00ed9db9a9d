package io.vsmmu.platform.acpi;

import java.util.List;

/**
 * An ITS group: the ITSs that serve the same devices.
 *
 * @param ids the GIC ITS IDs of the MADT, unsigned 32 bits; at least one
 */
public record ItsGroup(List<Long> ids) {

  public ItsGroup {
    ids = List.copyOf(ids);
  }
}
