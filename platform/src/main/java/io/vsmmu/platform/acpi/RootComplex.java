package io.vsmmu.platform.acpi;

import java.util.List;

/**
 * All buses of one PCI segment: Linux looks for one node per segment, so several vSMMUs of a
 * segment are several routes of one node.
 *
 * @param segment 0 to 65535
 * @param memory how it accesses memory
 * @param ats what it can do for ATS
 * @param pasidBits width of PASIDs, 0 to 20; 0 for none
 * @param addressBits width of its addresses, 1 to 64
 * @param routes by requester ID; functions without one reach nothing
 */
public record RootComplex(
    int segment,
    MemoryAttributes memory,
    AtsAttribute ats,
    int pasidBits,
    int addressBits,
    List<RequesterRoute> routes) {

  public RootComplex {
    routes = List.copyOf(routes);
  }
}
