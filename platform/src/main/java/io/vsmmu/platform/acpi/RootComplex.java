package io.vsmmu.platform.acpi;

import java.util.List;

/**
 * All buses of one PCI segment. Linux uses one root complex node for each segment
 * (drivers/acpi/arm64/iort.c, iort_match_node_callback), so several vSMMUs of a segment are several
 * routes of one node.
 *
 * @param segment 0 to 65535
 * @param memory its memory access properties
 * @param ats its ATS attribute
 * @param pasidBits width of PASIDs in bits, 1 to 20; 0 if it has none
 * @param addressBits width of its addresses in bits, 1 to 64
 * @param routes routes by requester ID; the requests of a function without one have no target
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
